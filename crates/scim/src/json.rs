//! Reading a JSON body: depth and duplicate names are checked while reading.
