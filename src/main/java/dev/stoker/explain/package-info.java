/**
 * Tells where the time of a server's answers goes: from its log, from its state, from one request
 * that is sent for it.
 */
@NullMarked
package dev.stoker.explain;

import org.jspecify.annotations.NullMarked;
