/** What servers take on this host beyond their buffers, measured by starting one. */
@NullMarked
package dev.stoker.plan.calibrate;

import org.jspecify.annotations.NullMarked;
