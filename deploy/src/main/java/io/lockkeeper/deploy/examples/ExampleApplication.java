package io.lockkeeper.deploy.examples;

/** An example's application, running on a free port of loopback. */
public interface ExampleApplication extends AutoCloseable {
  int port();

  @Override
  void close();
}
