//! A query of rows, and what it came to.

use std::rc::Rc;

use base::NodeId;
use engine::snapshot::Sheet;

use super::CodeProblem;

/// The query box of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The part.
    pub node: NodeId,
    /// What was asked last, or what may be asked first.
    pub text: Rc<str>,
    /// What can be asked; once it is, how many rows came and of which moment.
    pub words: Rc<str>,
    /// The rows of the answer, as far as they are shown.
    pub sheet: Option<Rc<Sheet>>,
    /// What is wrong with it, in its order.
    pub problems: Vec<CodeProblem>,
}
