package io.lockkeeper.api;

import io.lockkeeper.json.Json;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API's description, drawn from the resources themselves. Open to all: it holds no secret. */
@Hidden
@Path("/api/v1/openapi.json")
public final class OpenApiResource {
  private final Set<Class<?>> resources = new LinkedHashSet<>();
  private @Nullable String json;

  OpenApiResource(List<Object> resources) {
    resources.forEach(resource -> this.resources.add(resource.getClass()));
  }

  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public synchronized String describe() {
    String known = json;
    if (known == null) {
      known = describe(resources);
      json = known;
    }
    return known;
  }

  private static String describe(Set<Class<?>> resources) {
    ModelConverters.getInstance().addConverter(new ModelResolver(Json.mapper()));
    OpenAPI description =
        new OpenAPI()
            .info(new Info().title("Lockkeeper").version("v1"))
            .addSecurityItem(new SecurityRequirement().addList("bearer"))
            .components(
                new Components()
                    .addSecuritySchemes(
                        "bearer",
                        new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")));
    OpenAPI read = new Reader(new SwaggerConfiguration().openAPI(description)).read(resources);
    return io.swagger.v3.core.util.Json.pretty(read);
  }
}
