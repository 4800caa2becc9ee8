package io.lockkeeper.deploy.standalone;

/** An example's application, running on a free port of loopback. */
public interface ExampleApplication extends AutoCloseable {
  int port();

  @Override
  void close();
}
