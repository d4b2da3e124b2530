use super::*;
use crate::request::raw;
use crate::store::{Direction, Facts, Filter, Ids, Place, Row, Store};
use proptest::prelude::*;

const KEEP: i64 = 30 * DAY;
const YEAR: i64 = 365 * DAY;
/// Noon on a day of 2026.
const NOW: i64 = 1_790_000_000_000;

/// A clock that was read at these times, each an offset from [`NOW`], by programs that had just started.
fn read_at(offsets: &[i64]) -> Clock {
    let mut clock = Clock::new(NOW + offsets[0]);
    for offset in &offsets[1..] {
        clock.observe(NOW + offset, 0, KEEP);
    }
    clock
}

#[test]
fn everyday_gaps_count_in_full() {
    assert_eq!(read_at(&[0, HOUR, 2 * HOUR - 1]).time, 2 * HOUR - 1);
    let mut clock = Clock::new(NOW);
    clock.observe(NOW + 20 * DAY, 20 * DAY, KEEP);
    assert_eq!(clock.time, 20 * DAY, "the monotonic clock explains it");
}

#[test]
fn a_history_that_is_used_once_a_week_ages_by_weeks() {
    let weeks: Vec<i64> = (0..=10).map(|week| week * 7 * DAY).collect();
    assert_eq!(
        read_at(&weeks).time,
        9 * 7 * DAY,
        "the last gap is not sure yet"
    );
}

#[test]
fn a_clock_that_is_ahead_ages_nothing_until_it_has_run_on_for_a_day() {
    let ahead = 40 * DAY;
    assert_eq!(read_at(&[0, ahead, ahead + 2 * SECOND]).time, 2 * SECOND);
    // It is set right: the leap was none.
    let right = read_at(&[0, ahead, HOUR / 2, HOUR]);
    assert_eq!((right.time, right.leap), (HOUR / 2, None));
    // It is as wrong again, and right again.
    let flapping = read_at(&[0, ahead, HOUR / 2, ahead + HOUR, HOUR, ahead + 2 * HOUR]);
    assert!(flapping.time <= 2 * HOUR, "{flapping:?}");
    // It was right: the gap counts, but for half of the limit at most.
    assert_eq!(read_at(&[0, ahead, ahead + DAY]).time, KEEP / 2);
    assert_eq!(read_at(&[0, 20 * YEAR, 20 * YEAR + DAY]).time, KEEP / 2);
}

#[test]
fn a_clock_that_was_behind_ages_nothing_when_it_is_right_again() {
    // The history began while it was behind.
    let begun = read_at(&[-20 * YEAR, 10 * SECOND - 20 * YEAR, 0, HOUR / 2]);
    assert_eq!(begun.time, 10 * SECOND + HOUR / 2);
    // It went back for a while: what passed meanwhile counts once.
    let back = read_at(&[0, -20 * YEAR, HOUR - 20 * YEAR, HOUR, 2 * HOUR]);
    assert_eq!((back.time, back.behind, back.leap), (2 * HOUR, None, None));
    // Each start begins behind, as without a battery.
    let mut starts = vec![0];
    for start in 1..200 {
        starts.extend([-20 * YEAR, start * HOUR]);
    }
    assert_eq!(read_at(&starts).time, 199 * HOUR);
}

#[test]
fn steps_back_are_warned_of_and_leaps_beyond_the_limit() {
    let clock = Clock::new(NOW);
    let warning = |offset| clock.warning(NOW + offset, KEEP);
    assert_eq!(warning(0), None);
    assert_eq!(warning(-HOUR), None);
    assert_eq!(warning(KEEP), None);
    assert_eq!(
        warning(-20 * YEAR).unwrap(),
        "the clock of this machine is 20 years behind the last use of the history; is it right?"
    );
    assert_eq!(
        warning(40 * DAY).unwrap(),
        "by the clock of this machine, the history was last used 40 days ago; in case that is wrong, nothing is deleted for its age today"
    );
    let mut back = clock;
    back.observe(NOW - YEAR, 0, KEEP);
    assert_eq!(back.warning(NOW, KEEP), None, "it is right again");
}

proptest! {
    #[test]
    fn time_never_goes_back_and_no_reading_breaks_it(readings in prop::collection::vec((any::<i64>(), 0i64..=i64::MAX), 1..20), keep in 0i64..=i64::MAX) {
        let mut clock = Clock::new(readings[0].0);
        for (now, elapsed) in readings {
            let before = clock.time;
            clock.observe(now, elapsed, keep);
            prop_assert!(clock.time >= before);
            let _ = clock.warning(now, keep);
        }
    }

    #[test]
    fn a_clock_that_is_now_wrong_and_now_right_ages_by_what_passed(gaps in prop::collection::vec((1i64..HOUR, any::<bool>()), 1..30), off in -30 * YEAR..30 * YEAR) {
        let (mut clock, mut now) = (Clock::new(NOW), NOW);
        for (gap, is_wrong) in gaps {
            now += gap;
            clock.observe(if is_wrong { now + off } else { now }, 0, KEEP);
        }
        // A step that cannot be told from an everyday gap is one.
        prop_assume!(off.abs() > 2 * HOUR && now - NOW < DAY);
        prop_assert!(clock.time <= now - NOW, "{clock:?} {}", now - NOW);
    }
}

thread_local! {
    static FAKE: std::cell::Cell<i64> = const { std::cell::Cell::new(NOW) };
}

fn fake() -> Timestamp {
    Timestamp::from_millisecond(FAKE.get()).unwrap()
}

/// A program that opens the history when the clock says this, keeps a row, and does what is due at a glance.
fn session(place: &Place, at: i64) {
    FAKE.set(at);
    let mut store = place.open().unwrap();
    store.wall.now = fake;
    let ids = store.ids().unwrap();
    for _ in 0..2 {
        let request = raw::parse(b"POST / HTTP/1.1\n\n").unwrap();
        let id = ids.next(Direction::In, fake());
        let row = Row::new(id, fake(), &request, Facts::default());
        let excess = store.excess().unwrap();
        store.commit(&[row], excess).unwrap();
    }
}

fn kept(place: &Place) -> usize {
    let store: Store = place.open_to_read().unwrap().unwrap();
    store.newest(&Filter::default()).unwrap().len()
}

fn place(folder: &tempfile::TempDir) -> Place {
    Place {
        path: folder.path().join("h.db"),
        keep: Duration::from_millis(KEEP.unsigned_abs()),
        max_size: u64::MAX,
        is_input: false,
    }
}

#[test]
fn a_wrong_clock_prunes_nothing() {
    for offsets in [
        &[0, 40 * DAY, HOUR][..],
        &[-20 * YEAR, 0, HOUR],
        &[0, -20 * YEAR, HOUR],
        &[0, -3 * DAY, 40 * DAY, HOUR, 41 * DAY - HOUR],
        &[-20 * YEAR, 30 * YEAR, 0],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        for offset in offsets {
            session(&place, NOW + offset);
        }
        assert_eq!(kept(&place), 2 * offsets.len(), "{offsets:?}");
    }
}

#[test]
fn what_was_kept_for_long_enough_is_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    for day in 0..35 {
        session(&place, NOW + day * 25 * HOUR);
    }
    // The last of 34 gaps is not sure yet, so the last session is 825 hours after the first, and 720 are the limit.
    // Those of the first and the second came at the same time of the history.
    let old = (0..35)
        .filter(|day| (day - 1_i64).max(0) * 25 < 825 - 720)
        .count();
    assert_eq!(kept(&place), 2 * (35 - old));
}

#[test]
fn ids_follow_what_is_kept_when_the_clock_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    for offset in [0, -YEAR / 2, HOUR, -20 * YEAR] {
        session(&place, NOW + offset);
        let store = place.open_to_read().unwrap().unwrap();
        let newest = store.newest(&Filter::default()).unwrap().remove(0);
        assert_eq!(newest.at.as_millisecond(), NOW + offset);
    }
}

#[test]
fn an_id_at_the_end_of_time_is_followed_by_none() {
    let folder = tempfile::tempdir().unwrap();
    let place = place(&folder);
    let mut store = place.open().unwrap();
    let request = raw::parse(b"POST / HTTP/1.1\n\n").unwrap();
    let last = "cap_zzzzzzzzzzzz".parse().unwrap();
    store
        .add(&Row::new(last, fake(), &request, Facts::default()))
        .unwrap();
    let plain = Ids::new().unwrap().next(Direction::In, fake());
    let next = store.ids().unwrap().next(Direction::In, fake());
    assert_eq!(next.to_string().len(), plain.to_string().len());
    assert!(next < last);
}
