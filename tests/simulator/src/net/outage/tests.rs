use super::*;

const WEU: [&str; 2] = ["weu-01.contoso.example", "weu-02.contoso.example"];
const NEU: &str = "neu-01.contoso.example";

fn sites() -> Sites {
    let sites = Sites::default();
    for host in WEU.into_iter().chain([NEU]) {
        sites.set(host, Site::healthy());
    }
    sites
}

fn statuses(sites: &Sites) -> [Option<u16>; 3] {
    [WEU[0], WEU[1], NEU].map(|host| sites.visit(host, "/healthz").map(|site| site.status))
}

#[test]
fn the_hosts_of_a_lost_region_fail_together_and_no_others() {
    let (sites, ok) = (sites(), Some(200));
    sites.lose_region("westeurope", &["WEU-01.contoso.example", WEU[1]], Loss::AnswersBadly);
    assert_eq!(statuses(&sites), [Some(503), Some(503), ok]);
    sites.lose_region("westeurope", &WEU, Loss::Refuses);
    assert_eq!(statuses(&sites), [None, None, ok]);
    sites.lose_region("westeurope", &WEU, Loss::TimesOut);
    assert_eq!((statuses(&sites), WEU.map(|host| sites.is_silent(host))), ([None, None, ok], [true, true]));
    sites.restore_region("westeurope");
    assert_eq!(statuses(&sites), [ok, ok, ok]);
    assert!(!sites.is_silent(WEU[0]));
}

#[test]
fn regions_are_lost_and_restored_apart() {
    let sites = sites();
    sites.lose_region("westeurope", &WEU, Loss::Refuses);
    sites.lose_region("northeurope", &[NEU], Loss::AnswersBadly);
    sites.restore_region("westeurope");
    assert_eq!(statuses(&sites), [Some(200), Some(200), Some(503)]);
}

#[test]
fn a_host_that_changes_meanwhile_shows_it_when_the_region_is_back() {
    let sites = sites();
    sites.lose_region("westeurope", &WEU, Loss::AnswersBadly);
    sites.set(WEU[0], Site::unreachable());
    assert_eq!(statuses(&sites)[0], Some(503));
    sites.restore_region("westeurope");
    assert_eq!(statuses(&sites)[0], None);
}

#[test]
fn visits_count_while_a_host_answers_badly_and_not_while_it_cannot_be_reached() {
    let sites = sites();
    for loss in [Loss::AnswersBadly, Loss::Refuses, Loss::TimesOut] {
        sites.lose_region("westeurope", &WEU, loss);
        let _answer = sites.visit(WEU[0], "/healthz");
    }
    assert_eq!(sites.visits(WEU[0]), ["/healthz"]);
}
