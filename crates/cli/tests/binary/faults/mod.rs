//! A server on a disk and a clock that fail on command (`disk.c`), or on a database server that does. `scripts/faults` runs the long
//! forms.

mod disk;
mod files;
mod full;
mod limits;
mod migration;
mod postgres;
mod power;
mod time;
