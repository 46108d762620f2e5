/** Which GPUs there are, what their makers publish of them, and whole machines of them. */
@NullMarked
package dev.stoker.plan.device;

import org.jspecify.annotations.NullMarked;
