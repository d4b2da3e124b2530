use super::super::entry::Attempt;
use super::*;
use crate::request::Headers;
use crate::store::{Filter, Ids};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_264_677 + seconds).unwrap()
}

fn waiting(ids: &Ids, due: i64, endpoint: Option<&str>) -> Waiting {
    let request = Request {
        method: "POST".into(),
        target: "/".into(),
        headers: Headers::default(),
        body: Bytes::from_static(b"{}"),
    };
    let facts = Facts {
        endpoint: endpoint.map(str::to_owned),
        ..Facts::default()
    };
    Waiting {
        row: Row::new(ids.next(Direction::Out, at(0)), at(0), &request, facts),
        due: at(due),
    }
}

fn made(due: &Due, status: u16, next: Option<i64>) -> Made {
    let mut request = due.request.clone();
    request.headers.push("signature", status.to_string());
    let attempt = Attempt {
        url: None,
        number: due.attempts + 1,
        at: at(1),
        status: Some(status),
        duration: Duration::from_millis(1),
        error: None,
        sent: None,
        headers: Headers::default(),
        body: Bytes::new(),
        truncated: false,
    };
    let wear = due.facts.endpoint.as_ref().map(|endpoint| Wear {
        endpoint: endpoint.clone(),
        at: at(1),
        limit: Limit {
            failures: Some(2),
            ..Limit::default()
        },
    });
    Made {
        id: due.id,
        attempt,
        request,
        good: status < 300,
        next: next.map(|next| (at(next), Duration::from_secs(5))),
        endpoint: wear,
    }
}

fn enqueue(store: &mut Store, owner: Option<i64>, dues: &[i64]) {
    let ids = Ids::new().unwrap();
    let waiting: Vec<_> = dues.iter().map(|due| waiting(&ids, *due, None)).collect();
    store.enqueue(owner, Err("{}"), &waiting).unwrap();
}

#[test]
fn what_is_due_is_claimed_once_the_earliest_first_and_so_much_at_a_time() {
    let mut store = Store::in_memory().unwrap();
    enqueue(&mut store, None, &[3, 1, 2, 60]);
    let claim = |store: &mut Store, most| -> usize {
        let claimed = store.claim(Whose::Nobodys, 7, at(10), most).unwrap();
        claimed.len()
    };
    let first = store.claim(Whose::Nobodys, 7, at(10), 2).unwrap();
    let dues: Vec<u32> = first.iter().map(|due| due.attempts).collect();
    assert_eq!(dues, [0, 0]);
    assert_eq!(store.next_due(Whose::Nobodys).unwrap(), Some(at(3)));
    assert_eq!(claim(&mut store, 9), 1);
    assert_eq!(claim(&mut store, 9), 0);
    assert_eq!(store.next_due(Whose::Nobodys).unwrap(), Some(at(60)));
    let count = store.count_pending(Whose::Of(7)).unwrap();
    assert_eq!((count.sending, count.all()), (3, 3));
    // Whoever takes over finds them due.
    store.release(7).unwrap();
    assert_eq!(claim(&mut store, 9), 3);
}

#[test]
fn a_run_keeps_what_it_owns_to_itself() {
    let mut store = Store::in_memory().unwrap();
    enqueue(&mut store, Some(1), &[0]);
    enqueue(&mut store, Some(2), &[0, 0]);
    assert_eq!(store.owners().unwrap(), [1, 2]);
    assert!(store.claim(Whose::Nobodys, 3, at(1), 9).unwrap().is_empty());
    assert_eq!(store.claim(Whose::Of(2), 2, at(1), 9).unwrap().len(), 2);
    store.release(1).unwrap();
    assert_eq!(store.claim(Whose::Nobodys, 3, at(1), 9).unwrap().len(), 1);
}

#[test]
fn the_first_attempt_is_what_the_log_shows_and_the_next_starts_from_before_it() {
    let mut store = Store::in_memory().unwrap();
    enqueue(&mut store, None, &[0]);
    let due = store.claim(Whose::Nobodys, 7, at(1), 1).unwrap().remove(0);
    let mut first = made(&due, 503, Some(6));
    first.request.body = Bytes::from_static(b"broken");
    store.record(None, &[first]).unwrap();
    let entry = store.get(due.id).unwrap().unwrap();
    assert_eq!(entry.facts.pending, Some(at(6)));
    assert_eq!(&*entry.request.body, b"broken");
    assert_eq!(entry.request.headers.text("signature").unwrap(), "503");
    let again = store.claim(Whose::Nobodys, 7, at(6), 1).unwrap().remove(0);
    assert_eq!((again.attempts, again.clock), (1, Duration::from_secs(5)));
    assert_eq!(again.request, due.request);
    store.record(None, &[made(&again, 200, None)]).unwrap();
    let entry = store.get(due.id).unwrap().unwrap();
    assert_eq!((entry.facts.pending, entry.facts.good), (None, true));
    assert_eq!(entry.attempts.len(), 2);
    assert_eq!(store.all_pending().unwrap(), 0);
    // A plan that nothing follows any more goes.
    store.release(7).unwrap();
    assert_eq!(store.plan(due.plan).unwrap(), None);
}

#[test]
fn what_is_cleared_meanwhile_is_passed_over() {
    let mut store = Store::in_memory().unwrap();
    enqueue(&mut store, None, &[0]);
    let due = store.claim(Whose::Nobodys, 7, at(1), 1).unwrap().remove(0);
    store.clear().unwrap();
    assert_eq!(store.all_pending().unwrap(), 0);
    store.record(None, &[made(&due, 200, None)]).unwrap();
    assert!(store.newest(&Filter::default()).unwrap().is_empty());
}

#[test]
fn what_waits_is_found_without_reading_all_that_waits() {
    let store = Store::in_memory().unwrap();
    let plan = |sql: &str| -> String {
        let mut statement = store
            .connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3));
        lines.unwrap().map(|line| line.unwrap()).collect()
    };
    let due = "SELECT entry FROM pending WHERE owner IS NULL AND state = 0 AND due <= 5 ORDER BY due, entry LIMIT 9";
    assert_eq!(
        plan(due),
        "SEARCH pending USING COVERING INDEX pending_due (owner=? AND state=? AND due<?)"
    );
}
