/** The form of a machine's sample that programs read: JSON, and back. Pure. */
@NullMarked
package dev.stoker.machine.wire;

import org.jspecify.annotations.NullMarked;
