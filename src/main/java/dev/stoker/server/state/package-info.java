/**
 * What servers are doing now, as immutable samples. Reading them loads, wakes and resets nothing.
 */
@NullMarked
package dev.stoker.server.state;

import org.jspecify.annotations.NullMarked;
