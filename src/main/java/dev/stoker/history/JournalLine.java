package dev.stoker.history;

/**
 * One line of a run's journal, as the store keeps it. All lines of a run in their order are its
 * whole course: a report can be made from them when the run's own folder is gone.
 */
public sealed interface JournalLine permits StoredEvent, StoredRequest {}
