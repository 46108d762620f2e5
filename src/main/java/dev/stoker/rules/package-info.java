/** What is wrong with a machine: one set of rules for all screens, the exporter and alerts. */
@NullMarked
package dev.stoker.rules;

import org.jspecify.annotations.NullMarked;
