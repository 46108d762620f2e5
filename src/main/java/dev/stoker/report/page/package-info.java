/**
 * What the pages of all kinds of runs share: the frame, the look, the setting, comparisons. Pure.
 */
@NullMarked
package dev.stoker.report.page;

import org.jspecify.annotations.NullMarked;
