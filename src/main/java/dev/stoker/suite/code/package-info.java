/** Runs what a model wrote, locked up as well as the machine can. */
@NullMarked
package dev.stoker.suite.code;

import org.jspecify.annotations.NullMarked;
