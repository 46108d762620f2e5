/** Attributes the time of requests to what they waited for. */
@NullMarked
package dev.stoker.explain.account;

import org.jspecify.annotations.NullMarked;
