package io.lockkeeper.api;

import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.signoff.SigningKey;
import java.util.Optional;

/**
 * What the API process runs with.
 *
 * @param bind address to listen on
 * @param port of the API; zero for a free one
 * @param adminPort of health and metrics; zero for a free one
 * @param key that statements are signed with
 * @param adminToken let in as the administrator's; absent where it was let in before
 * @param workerToken let in as a worker's; absent where workers bring one that was made here
 */
public record ApiSettings(
    String databaseUrl,
    String databaseUser,
    String databasePassword,
    String bind,
    int port,
    int adminPort,
    Policy policy,
    SigningKey key,
    Optional<String> adminToken,
    Optional<String> workerToken) {}
