//! Notes about many requests, each said once.

use crate::error::Result;
use crate::ui::Ui;

/// What is told before anything is sent: once, however many requests it is about.
#[derive(Default)]
pub(super) struct Notes(Vec<Note>);

struct Note {
    text: String,
    /// What is said of several, behind their number.
    of_several: Option<&'static str>,
    count: usize,
    is_warning: bool,
}

impl Notes {
    /// Adds a sentence.
    pub(super) fn add(&mut self, text: String) {
        self.count(text, None);
    }

    /// Adds a sentence about one request; of several, their number and `of_several` are said.
    pub(super) fn count(&mut self, text: String, of_several: Option<&'static str>) {
        let is_same = |note: &&mut Note| match of_several {
            Some(_) => note.of_several == of_several,
            None => note.text == text,
        };
        match self.0.iter_mut().find(is_same) {
            Some(note) => note.count += 1,
            None => self.0.push(Note {
                text,
                of_several,
                count: 1,
                is_warning: false,
            }),
        }
    }

    /// Adds a sentence that even a quiet user should know.
    pub(super) fn warn(&mut self, text: &str) {
        self.add(text.to_owned());
        if let Some(note) = self.0.iter_mut().find(|note| note.text == text) {
            note.is_warning = true;
        }
    }

    pub(super) fn tell(&self, ui: &mut Ui) -> Result<()> {
        self.0.iter().try_for_each(|note| match note.of_several {
            Some(rest) if note.count > 1 => ui.note(&format!("note: {} {rest}", note.count)),
            _ if note.is_warning => ui.warn(&note.text),
            _ => ui.note(&format!("note: {}", note.text)),
        })
    }
}
