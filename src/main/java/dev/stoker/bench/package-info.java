/** The memory-managed benchmark of models: plan, checklist, run, journal, report. */
@NullMarked
package dev.stoker.bench;

import org.jspecify.annotations.NullMarked;
