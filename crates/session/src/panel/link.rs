//! Links to the document, and to a moment of its run.

use std::rc::Rc;
use std::sync::Arc;

use base::limits;
use scenario::{Action, Document, Fault, Scheduled};

use crate::session::Session;

impl Session {
    /// The link to the document as it is. It is made when somebody asks: a page that only runs
    /// never needs what writes it.
    #[inline(never)]
    pub fn link(&mut self) -> Rc<str> {
        if let Some((of, link)) = &self.hud.link
            && Arc::ptr_eq(of, &self.document)
        {
            return Rc::clone(link);
        }
        let link: Rc<str> = scenario::link::encode(&self.document).into();
        self.hud.link = Some((Arc::clone(&self.document), Rc::clone(&link)));
        link
    }

    /// The link that comes to the state of this run: faults that were made by hand are steps of
    /// its script.
    #[inline(never)]
    pub fn run_link(&mut self) -> Rc<str> {
        let is_known = |action: &Action| match action {
            Action::Fault(Fault { node, .. }) | Action::ClearFaults(node) => {
                self.document.node(*node).is_some()
            }
            _ => false,
        };
        let struck = self.run.struck().iter().filter(|entry| is_known(&entry.action));
        let room = (limits::SCRIPT_MAX as usize).saturating_sub(self.document.script.len());
        let struck: Vec<Scheduled> = struck.take(room).cloned().collect();
        if struck.is_empty() {
            return self.link();
        }
        if let Some((of, with, link)) = &self.hud.run_link
            && Arc::ptr_eq(of, &self.document)
            && *with == struck
        {
            return Rc::clone(link);
        }
        let mut document = Document::clone(&self.document);
        for entry in &struck {
            let place = document.script.partition_point(|other| other.at <= entry.at);
            document.script.insert(place, entry.clone());
        }
        let link: Rc<str> = scenario::link::encode(&document).into();
        self.hud.run_link = Some((Arc::clone(&self.document), struck, Rc::clone(&link)));
        link
    }

    /// What a link that opens at this moment does not show as it is here.
    #[must_use]
    pub fn link_words(&self) -> &'static str {
        match (self.run.struck().is_empty(), self.run.is_changed()) {
            (true, false) => "",
            (false, false) => "Faults made by hand come again there, as steps of its script.",
            (true, true) => {
                "Changes made while it ran hold from the beginning there: this moment may look \
                 different."
            }
            (false, true) => {
                "Faults made by hand come again there, as steps of its script. Changes made while \
                 it ran hold from the beginning: this moment may look different."
            }
        }
    }
}
