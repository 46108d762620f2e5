/**
 * One {@code XxxCommand} a verb: options to a request record, the request to a feature, the answer
 * to a printer.
 */
@NullMarked
package dev.stoker.cli;

import org.jspecify.annotations.NullMarked;
