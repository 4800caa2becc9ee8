package io.lockkeeper.journal;

import java.time.Instant;

/**
 * An event on its way to the journal.
 *
 * @param writer who writes it; each has a sequence of its own
 * @param sequence of the writer, from 1 without gaps but for those that {@link Event.LeftOut} tells
 *     of: what makes appending again harmless
 * @param at when it happened, by the writer's clock; in workflows the workflow's
 */
public record Entry(String writer, long sequence, Instant at, Event event) {}
