/** The settings of a plan as a user writes them for a server. */
@NullMarked
package dev.stoker.plan.settings;

import org.jspecify.annotations.NullMarked;
