//! The wire form of function.json, and the host's rules about it.

use serde::Deserialize;

use super::{
    AuthLevel, FunctionDefinition, Output, OutputTarget, RouteTemplate, Trigger, fault, is_binding_name,
};
use crate::functions_host::error::HostError;
use crate::functions_host::schedule::Schedule;
use crate::functions_host::settings::AppSettings;

#[derive(Deserialize)]
pub(super) struct FunctionJson {
    bindings: Vec<Binding>,
    #[serde(default)]
    disabled: bool,
    retry: Option<serde_json::Value>,
}

/// One binding, members of all types side by side as in function.json.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    r#type: String,
    name: String,
    direction: String,
    data_type: Option<String>,
    cardinality: Option<String>,
    queue_name: Option<String>,
    connection: Option<String>,
    #[serde(default)]
    is_sessions_enabled: bool,
    auto_complete_messages: Option<bool>,
    schedule: Option<String>,
    #[serde(default)]
    run_on_startup: bool,
    use_monitor: Option<bool>,
    auth_level: Option<String>,
    #[serde(default)]
    methods: Vec<String>,
    route: Option<String>,
}

/// What a binding is read with: the function it belongs to, for messages, and the settings.
struct Reader<'a> {
    function: &'a str,
    settings: &'a AppSettings,
}

impl FunctionJson {
    pub(super) fn into_definition(
        self,
        name: &str,
        settings: &AppSettings,
    ) -> Result<FunctionDefinition, HostError> {
        let reader = Reader { function: name, settings };
        if self.disabled {
            return Err(reader.not_simulated("\"disabled\": true"));
        }
        if self.retry.is_some() {
            return Err(reader.not_simulated("a retry policy"));
        }
        if let Some(binding) = self.bindings.iter().find(|binding| !is_binding_name(&binding.name)) {
            return Err(fault(
                name,
                &format!(
                    "binding {:?} must be $return, or start with a letter and hold at most 128 letters and digits",
                    binding.name
                ),
            ));
        }
        let (inputs, outputs): (Vec<_>, Vec<_>) =
            self.bindings.into_iter().partition(|binding| binding.direction == "in");
        let [input] = inputs.as_slice() else {
            return Err(fault(
                name,
                &format!(
                    "{} bindings have direction in; exactly one, the trigger, is simulated",
                    inputs.len()
                ),
            ));
        };
        let trigger = reader.trigger(input)?;
        let outputs = outputs.iter().map(|output| reader.output(output)).collect::<Result<_, _>>()?;
        Ok(FunctionDefinition { name: name.to_owned(), binding: input.name.clone(), trigger, outputs })
    }
}

impl Reader<'_> {
    fn trigger(&self, binding: &Binding) -> Result<Trigger, HostError> {
        match binding.r#type.as_str() {
            "eventGridTrigger" => Ok(Trigger::EventGrid { whole_delivery: self.is_many(binding)? }),
            "serviceBusTrigger" => self.service_bus(binding),
            "timerTrigger" => self.timer(binding),
            "httpTrigger" => self.http(binding),
            other => Err(self.fault(format!(
                "trigger type {other:?} is unknown; eventGridTrigger, serviceBusTrigger, timerTrigger and httpTrigger are allowed"
            ))),
        }
    }

    fn service_bus(&self, binding: &Binding) -> Result<Trigger, HostError> {
        if self.is_many(binding)? {
            return Err(self.not_simulated("serviceBusTrigger with cardinality many"));
        }
        if binding.is_sessions_enabled {
            return Err(self.not_simulated("isSessionsEnabled"));
        }
        if binding.auto_complete_messages == Some(false) {
            return Err(self.not_simulated("autoCompleteMessages false"));
        }
        let connection = binding.connection.as_deref().unwrap_or("AzureWebJobsServiceBus");
        let namespace = self.settings.service_bus_namespace(connection).ok_or_else(|| {
            self.fault(format!(
                "connection {connection:?} has no setting; set {connection}__fullyQualifiedNamespace or {connection}"
            ))
        })?;
        Ok(Trigger::ServiceBus { queue: self.queue(binding)?, binary: self.is_binary(binding)?, namespace })
    }

    fn timer(&self, binding: &Binding) -> Result<Trigger, HostError> {
        let text = self.expand(
            binding.schedule.as_deref().ok_or_else(|| self.fault("schedule is missing".to_owned()))?,
        )?;
        let schedule = Schedule::parse(&text).map_err(|error| self.fault(error.to_string()))?;
        // The real host never monitors a timer that fires more than once a minute.
        let monitored = binding.use_monitor.unwrap_or(true) && !schedule.fires_within_a_minute();
        Ok(Trigger::Timer { schedule, run_on_startup: binding.run_on_startup, monitored })
    }

    fn http(&self, binding: &Binding) -> Result<Trigger, HostError> {
        let auth = match binding.auth_level.as_deref().unwrap_or("function") {
            level if level.eq_ignore_ascii_case("anonymous") => AuthLevel::Anonymous,
            level if level.eq_ignore_ascii_case("function") => AuthLevel::Function,
            level if level.eq_ignore_ascii_case("admin") => AuthLevel::Admin,
            other => {
                return Err(
                    self.fault(format!("authLevel {other:?}; anonymous, function and admin are allowed"))
                );
            }
        };
        let route = RouteTemplate::parse(binding.route.as_deref().unwrap_or(self.function))
            .map_err(|feature| self.not_simulated(&feature))?;
        let methods = binding.methods.iter().map(|method| method.to_ascii_uppercase()).collect();
        Ok(Trigger::Http { auth, methods, route })
    }

    fn output(&self, binding: &Binding) -> Result<Output, HostError> {
        if binding.direction != "out" {
            return Err(self.fault(format!(
                "binding {}: direction {:?}; in and out are allowed",
                binding.name, binding.direction
            )));
        }
        let target = match binding.r#type.as_str() {
            "serviceBus" => {
                OutputTarget::ServiceBus { queue: self.queue(binding)?, binary: self.is_binary(binding)? }
            }
            "http" => OutputTarget::HttpResponse,
            other => return Err(self.not_simulated(&format!("output type {other:?}"))),
        };
        Ok(Output { binding: binding.name.clone(), target })
    }

    fn queue(&self, binding: &Binding) -> Result<String, HostError> {
        let name = binding.queue_name.as_deref();
        self.expand(
            name.ok_or_else(|| self.not_simulated(&format!("binding {} without queueName", binding.name)))?,
        )
    }

    fn is_many(&self, binding: &Binding) -> Result<bool, HostError> {
        match binding.cardinality.as_deref() {
            None | Some("one") => Ok(false),
            Some("many") => Ok(true),
            Some(other) => Err(self.fault(format!("cardinality {other:?}; one and many are allowed"))),
        }
    }

    fn is_binary(&self, binding: &Binding) -> Result<bool, HostError> {
        match binding.data_type.as_deref() {
            None | Some("string") => Ok(false),
            Some("binary") => Ok(true),
            Some(other) => Err(self.not_simulated(&format!("dataType {other:?}"))),
        }
    }

    fn expand(&self, text: &str) -> Result<String, HostError> {
        self.settings
            .expand(text)
            .map_err(|name| self.fault(format!("%{name}% in {text:?} is no app setting; add it")))
    }

    fn fault(&self, text: String) -> HostError {
        HostError::Definition { function: self.function.to_owned(), fault: text }
    }

    fn not_simulated(&self, feature: &str) -> HostError {
        HostError::NotSimulated { function: self.function.to_owned(), feature: feature.to_owned() }
    }
}
