use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A file of another user: a new one if this user may give it away, else one of the system's.
fn of_another_user(folder: &Path) -> PathBuf {
    let file = folder.join("theirs");
    fs::write(&file, "theirs").unwrap();
    match chown(&file, Some(65_534), None) {
        Ok(()) => file,
        Err(_) => PathBuf::from("/etc/passwd"),
    }
}

fn why(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (uid").next().unwrap().to_owned()
}

#[test]
fn takes_a_file_of_ours_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for taken in [
        |file: &Path| overwrite(file).map(drop),
        |file: &Path| read(file).map(drop),
        check,
    ] {
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
        taken(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
    }
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    check(&file).unwrap();
    assert_eq!(mode(&file), 0o400, "what the user may not do stays so");
}

#[test]
fn refuses_links_folders_and_files_of_other_users() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    fs::write(&target, "kept").unwrap();
    let link = folder.path().join("link");
    symlink(&target, &link).unwrap();
    let dangling = folder.path().join("dangling");
    symlink(folder.path().join("nowhere"), &dangling).unwrap();
    let a_link = "it is a symbolic link, which is not followed here";
    for link in [&link, &dangling] {
        assert_eq!(why(&overwrite(link).unwrap_err()), a_link);
        assert_eq!(why(&read(link).unwrap_err()), a_link);
        assert_eq!(why(&check(link).unwrap_err()), a_link);
        assert_eq!(why(&check_to_read(link).unwrap_err()), a_link);
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
    assert!(!folder.path().join("nowhere").exists());
    let theirs = of_another_user(folder.path());
    let of_another = "it belongs to another user";
    let written = overwrite(&theirs).unwrap_err();
    // The system itself keeps its files from users.
    let may_write = theirs.starts_with(folder.path());
    assert_eq!(why(&written) == of_another, may_write, "{written}");
    assert_eq!(why(&read(&theirs).unwrap_err()), of_another);
    assert_eq!(why(&check(&theirs).unwrap_err()), of_another);
    check_to_read(&theirs).unwrap();
    assert!(check(folder.path()).is_err() && overwrite(folder.path()).is_err());
    check(&folder.path().join("nothing")).unwrap();
}

#[test]
fn a_device_is_written_to_as_it_is() {
    overwrite(Path::new("/dev/null"))
        .unwrap()
        .write_all(b"x")
        .unwrap();
    assert!(check(Path::new("/dev/null")).is_err());
}

#[test]
fn folders_are_for_the_user_alone_and_those_of_others_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, Permissions::from_mode(0o777)).unwrap();
    super::folder(&shared.join("a/b")).unwrap();
    assert_eq!(mode(&shared.join("a")), 0o700);
    assert_eq!(mode(&shared.join("a/b")), 0o700);
    assert_eq!(mode(&shared), 0o777);
    own_folder(&shared).unwrap();
    assert_eq!(mode(&shared), 0o700);
}

#[test]
fn a_file_is_replaced_in_one_step_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "old").unwrap();
    write(&file, b"new").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn sweeping_removes_leftovers_and_nothing_that_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("h.db-run-");
    let held = LockedFile::create(&prefix).unwrap();
    let others = [
        "h.db-run-1",
        "h.db-run-000000000000000G",
        "h.db",
        "x.db-run-0000000000000001",
    ];
    for name in others.iter().chain(&["h.db-run-0000000000000001"]) {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let target = folder.path().join("h.db");
    symlink(&target, folder.path().join("h.db-run-0000000000000002")).unwrap();
    assert!(!is_held(&prefix, 1) && is_held(&prefix, held.number()));
    sweep(&prefix);
    assert!(held.path().exists() && target.exists());
    assert!(!folder.path().join("h.db-run-0000000000000001").exists());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        others.len() + 2
    );
    let path = held.path().to_owned();
    drop(held);
    assert!(!path.exists());
}

/// A sweep may take a file that is made and not locked yet: its maker then makes another.
#[test]
fn files_that_are_made_while_others_sweep_are_never_lost() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("h.db-run-");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    sweep(&prefix);
                }
            });
        }
        for _ in 0..500 {
            let held = LockedFile::create(&prefix).unwrap();
            sweep(&prefix);
            assert!(held.path().exists());
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn one_process_at_a_time_has_what_is_exclusive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".lock");
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let held = exclusive(&path).unwrap();
                    let before = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    assert_eq!(before, 0);
                    inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    drop(held);
                }
            });
        }
    });
    assert!(!path.exists());
}
