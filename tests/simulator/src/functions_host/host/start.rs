//! Starting a host with its handler.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FunctionsHost, Surroundings};
use crate::functions_host::AppSettings;
use crate::functions_host::error::HostError;
use crate::functions_host::script_root::{FunctionApp, ScriptRoot};
use crate::functions_host::transport::{ExitZero, HandlerService, InProcess, Process, ProcessSettings};

impl FunctionsHost {
    /// Reads the app and starts `executable` as its handler. With `None` the `defaultExecutablePath` of host.json is started,
    /// relative to the folder of host.json. For other settings of the process use [`Process::start`].
    ///
    /// The process inherits this one's environment; the app settings come on top.
    ///
    /// # Errors
    /// When the app can't be read, or the handler never becomes ready.
    pub async fn with_process(
        root: &ScriptRoot,
        settings: &AppSettings,
        executable: Option<PathBuf>,
        around: Surroundings,
    ) -> Result<Self, HostError> {
        let app = root.read(settings)?;
        let folder = root.folder().to_owned();
        let executable =
            executable.unwrap_or_else(|| folder.join(app.host.executable.as_deref().unwrap_or_default()));
        let process = ProcessSettings {
            executable,
            arguments: app.host.arguments.clone(),
            working_directory: folder.join(&app.host.working_directory),
            app_root: folder,
            environment: settings.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            initialization_timeout: app.host.initialization_timeout,
            worker_id: around.seed.guid(&["worker"]),
            exit_zero: ExitZero::default(),
        };
        let process = Process::start(process, around.clock.clone(), around.watchers.clone()).await?;
        Ok(Self::new(app, Arc::new(process), around))
    }

    /// A host whose handler is a function in this process. `start` makes a handler without memory of earlier ones, and is
    /// called again after every kill.
    pub fn in_process(
        app: FunctionApp,
        around: Surroundings,
        start: impl Fn() -> HandlerService + Send + Sync + 'static,
    ) -> Self {
        let transport = InProcess::start(around.clock.clone(), around.watchers.clone(), start);
        Self::new(app, Arc::new(transport), around)
    }
}
