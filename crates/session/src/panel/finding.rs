//! The list of problems: what was loaded, what the document says, what goes wrong in the run.
//!
//! The page always shows how many there are; the list itself is made when somebody asks for it.

use std::rc::Rc;

use base::{Diagnostic, Place, Severity};
use engine::snapshot::Notice;

use super::trouble;
use crate::driver::Query;
use crate::hud::{Libraries, Problem, Tab};
use crate::library::WAITS;
use crate::session::Session;

/// Findings shown at most.
const PROBLEMS_MAX: usize = 200;

impl Session {
    /// Everything that is wrong, worst first.
    #[inline(never)]
    pub fn problems(&mut self) -> Rc<Vec<Problem>> {
        self.hud();
        if let Some(list) = &self.hud.problems {
            return Rc::clone(list);
        }
        // Explanations tell at which part records were lost.
        if trouble::lost(self).next().is_some() {
            let nodes: Vec<_> = self.document.nodes.iter().map(|node| node.id).collect();
            for id in nodes {
                self.run.ask_also(Query::Causes(id));
            }
        }
        let list = Rc::new(problems(self));
        self.hud.problems = Some(Rc::clone(&list));
        list
    }
}

/// How many the list has.
pub(super) fn count(session: &Session) -> u32 {
    let snapshot = session.run.snapshot();
    let found = session.notices.len() + found(session).count() + session.run.refused().len();
    let told = usize::from(snapshot.halted.is_some()) + notices(session).count();
    let all = found + told + session.troubles.list.len() + trouble::lost(session).count();
    u32::try_from(all.min(PROBLEMS_MAX)).unwrap_or(u32::MAX)
}

/// What the document says. Nobody has to mend what is on its way.
#[inline]
fn found(session: &Session) -> impl Iterator<Item = &Diagnostic> {
    let comes = session.libraries() == Libraries::Coming;
    session.problems.iter().filter(move |finding| !(comes && finding.code.0 == WAITS))
}

/// Steps of the script that were refused. A call by hand has been answered where it was made: it
/// is no problem of the design.
fn notices(session: &Session) -> impl Iterator<Item = &Notice> {
    let notices = session.run.snapshot().notices.iter().map(|notice| &**notice);
    notices.filter(|notice| !session.called.contains(&notice.at))
}

fn problems(session: &Session) -> Vec<Problem> {
    let all = session.notices.iter().chain(found(session)).chain(session.run.refused());
    let mut problems: Vec<Problem> = all.map(|finding| problem(session, finding)).collect();
    if let Some(halted) = &session.run.snapshot().halted {
        problems.push(Problem {
            code: "halted".into(),
            severity: Severity::Error,
            place: "run".into(),
            node: None,
            tab: Tab::Settings,
            message: (&**halted).into(),
            help: "Home restarts the run".into(),
        });
    }
    let troubles = session.troubles.list.iter();
    problems.extend(troubles.map(|trouble| trouble::problem(session, trouble)));
    problems.extend(trouble::lost(session).map(|lost| trouble::loss(session, lost)));
    problems.extend(notices(session).map(|notice| Problem {
        code: "script".into(),
        severity: Severity::Warning,
        place: crate::clock::age(notice.at.0).into(),
        node: None,
        tab: Tab::Settings,
        message: notice.text.as_str().into(),
        help: "The run goes on without it".into(),
    }));
    base::order::sort_by_key(&mut problems[..], |problem| core::cmp::Reverse(problem.severity));
    problems.truncate(PROBLEMS_MAX);
    problems
}

fn problem(session: &Session, finding: &Diagnostic) -> Problem {
    let node = match &finding.place {
        Place::Node { node, .. } => Some(*node),
        Place::Edge(edge) => session.document.edge(*edge).map(|edge| edge.from.node),
        Place::Document | Place::Script(_) | Place::Text { .. } => None,
    };
    Problem {
        code: finding.code.0.into(),
        severity: finding.severity,
        place: finding.place.to_string().into(),
        node,
        tab: Tab::Settings,
        message: finding.message.as_str().into(),
        help: finding.help.as_str().into(),
    }
}
