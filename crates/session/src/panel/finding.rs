//! The list of problems: what was loaded, what the document says, what the run refuses.

use std::rc::Rc;

use base::{Diagnostic, Place, Severity};

use crate::hud::{Alert, Problem};
use crate::session::Session;

/// Findings shown at most.
const PROBLEMS_MAX: usize = 200;

pub(super) fn problems(session: &Session, alert: Option<&Alert>) -> Vec<Problem> {
    let all = session.notices.iter().chain(&session.problems).chain(session.run.refused());
    let mut problems: Vec<Problem> = all.map(|finding| problem(session, finding)).collect();
    if let Some(halted) = &session.run.snapshot().halted {
        problems.push(Problem {
            code: "halted".into(),
            severity: Severity::Error,
            place: "run".into(),
            node: None,
            message: (&**halted).into(),
            help: "Home restarts the run".into(),
        });
    }
    problems.extend(session.run.snapshot().notices.iter().map(|notice| Problem {
        code: "script".into(),
        severity: Severity::Warning,
        place: crate::clock::age(notice.at.0).into(),
        node: None,
        message: notice.text.as_str().into(),
        help: "The run goes on without it".into(),
    }));
    problems.extend(alert.map(|alert| Problem {
        code: "rejected".into(),
        severity: Severity::Warning,
        place: session.name(alert.node).into(),
        node: Some(alert.node),
        message: Rc::clone(&alert.words),
        help: "Its Why tab tells the reason of each refusal".into(),
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
        message: finding.message.as_str().into(),
        help: finding.help.as_str().into(),
    }
}
