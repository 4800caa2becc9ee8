package io.lockkeeper.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifetimeTest {
  private final List<String> ended = new ArrayList<>();
  private final Lifetime lifetime = new Lifetime();

  private AutoCloseable part(String name) {
    return () -> ended.add(name);
  }

  @Test
  void whatStandsOnOthers_endsBeforeThem() {
    lifetime.own(part("data folder"));
    lifetime.own(part("temporal"));
    lifetime.own(part("api"));

    lifetime.end();

    assertThat(ended).containsExactly("api", "temporal", "data folder");
  }

  @Test
  void aPartThatCannotEnd_doesNotKeepTheOthers() {
    lifetime.own(part("data folder"));
    lifetime.own(
        (AutoCloseable)
            () -> {
              throw new IllegalStateException("a test");
            });

    lifetime.end();

    assertThat(ended).containsExactly("data folder");
  }
}
