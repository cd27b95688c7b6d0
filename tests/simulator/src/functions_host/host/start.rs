//! Starting a host with its handler.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FunctionsHost, Surroundings};
use crate::functions_host::error::HostError;
use crate::functions_host::script_root::{FunctionApp, ScriptRoot};
use crate::functions_host::transport::{ExitZero, HandlerService, InProcess, Process, ProcessSettings};
use crate::functions_host::{AppSettings, Trigger};
use crate::service_bus::QueueSettings;

impl FunctionsHost {
    /// Reads the app, creates its queues where they are missing, and starts `executable` as its handler. With `None` the
    /// `defaultExecutablePath` of host.json is started, relative to the folder of host.json.
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
        create_queues(&app, &around);
        Ok(Self::new(app, Arc::new(process), around))
    }

    /// A host whose handler is a function in this process. `start` makes a handler without memory of earlier ones, and is
    /// called again after every kill.
    pub fn in_process(
        app: FunctionApp,
        around: Surroundings,
        start: impl Fn() -> HandlerService + Send + Sync + 'static,
    ) -> Self {
        create_queues(&app, &around);
        let transport = InProcess::start(around.clock.clone(), around.watchers.clone(), start);
        Self::new(app, Arc::new(transport), around)
    }
}

/// Creates every queue that a trigger or an output names; in Azure they are deployed before the app.
fn create_queues(app: &FunctionApp, around: &Surroundings) {
    for function in &app.functions {
        let triggered = if let Trigger::ServiceBus { queue, .. } = &function.trigger {
            Some(queue.as_str())
        } else {
            None
        };
        let sent = function.outputs.iter().filter_map(|output| output.queue());
        for queue in triggered.into_iter().chain(sent).filter(|queue| !around.bus.has_queue(queue)) {
            around.bus.create_queue(queue, QueueSettings::default());
        }
    }
}
