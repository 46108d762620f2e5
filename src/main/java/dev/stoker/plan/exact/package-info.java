/** Asks a llama-server binary of this host what it would allocate; it allocates nothing. */
@NullMarked
package dev.stoker.plan.exact;

import org.jspecify.annotations.NullMarked;
