//! Why something is as it is: stamps with what was last written about them, gates, or an update run.

use fleet_core::{
    report::StampReport,
    updates::{GateNote, RunNote},
};
use serde_json::{Value, json};

use crate::{
    exit::Exit,
    fleet_app::{FleetApp, Known, Meant, Updates},
    print::Output,
    render,
};

/// How much of the journal is shown for each stamp.
const LATEST: u32 = 5;

/// Texts for people, and documents for tools.
type Told = Vec<(String, Value)>;

pub(super) async fn why(app: &FleetApp, what: &str, output: Output) -> anyhow::Result<Exit> {
    let known = app.known().await?;
    let told = match known.meant(what)? {
        Meant::Stamps(stamps) => why_stamps(app, &known, &stamps).await?,
        Meant::Gates(gates) => why_gates(&known, &gates),
        Meant::Run(updates, run) => vec![why_run(&known, updates, run)],
    };
    let (text, documents): (Vec<String>, Vec<Value>) = told.into_iter().unzip();
    output.print(&Value::from(documents), |_| Ok(text.join("\n")))?;
    Ok(Exit::Done)
}

async fn why_stamps(app: &FleetApp, known: &Known, stamps: &[&StampReport]) -> anyhow::Result<Told> {
    let mut told = Told::new();
    for stamp in stamps {
        let entries = app.page(LATEST, None, Some(stamp.cluster.as_str())).await?.entries;
        let next = known.next_look(&stamp.cluster);
        let out = known.updates.as_ref().and_then(|updates| updates.wanting_out(&stamp.cluster));
        let text = render::why::why(known, stamp, &entries);
        told.push((text, json!({ "stamp": stamp, "update": out, "nextLook": next, "entries": entries })));
    }
    Ok(told)
}

fn why_gates(known: &Known, gates: &[&GateNote]) -> Told {
    gates.iter().map(|gate| (render::gate::gate(gate, known.at), json!({ "gate": gate }))).collect()
}

fn why_run(known: &Known, updates: &Updates, run: &RunNote) -> (String, Value) {
    let document = json!({ "run": run, "gates": updates.gates_of(&run.run), "whyNot": updates.why_not });
    (render::why::run(known, updates, run), document)
}
