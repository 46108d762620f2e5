/** Stoker's entry point; see {@code docs/architecture.md} for the rooms below it. */
@NullMarked
package dev.stoker;

import org.jspecify.annotations.NullMarked;
