//! What of the page is seldom there.

use core::ops::Deref;
use std::rc::Rc;

/// A part of the page that is seldom there, by reference. It is compared in a function of its own:
/// a page begins without the functions it does not enter (`xtask/src/split.rs`).
#[derive(Debug)]
pub struct Apart<T>(Rc<T>);

impl<T> Apart<T> {
    /// With this in it.
    #[must_use]
    pub fn new(inner: T) -> Self {
        Self(Rc::new(inner))
    }
}

impl<T> From<Rc<T>> for Apart<T> {
    fn from(inner: Rc<T>) -> Self {
        Self(inner)
    }
}

impl<T> Clone for Apart<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: PartialEq> PartialEq for Apart<T> {
    #[inline(never)]
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || *self.0 == *other.0
    }
}

impl<T: Eq> Eq for Apart<T> {}
