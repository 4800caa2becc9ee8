package io.lockkeeper.yaml;

import java.util.List;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.parser.Parser;

/** The events of a text that was parsed already, handed on once more. */
final class Parsed implements Parser {
  private final List<Event> events;
  private int at;

  Parsed(List<Event> events) {
    this.events = events;
  }

  @Override
  public boolean checkEvent(Event.ID kind) {
    return hasNext() && peekEvent().getEventId() == kind;
  }

  @Override
  public Event peekEvent() {
    return events.get(at);
  }

  @Override
  public boolean hasNext() {
    return at < events.size();
  }

  @Override
  public Event next() {
    return events.get(at++);
  }
}
