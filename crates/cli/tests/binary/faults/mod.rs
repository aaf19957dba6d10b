//! A server on a disk and a clock that fail on command (`disk.c`). `scripts/faults` runs the long forms.

mod disk;
mod files;
mod full;
mod limits;
mod migration;
mod power;
mod time;
