package io.lockkeeper.api.reports;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlWriter;

/**
 * Writes words so that they break where a reader expects it: never within a time, nor between a
 * figure and its unit; within a long name after its dots and underscores. What is copied from the
 * page is the text as it was.
 */
final class Words implements NodeRenderer {
  private static final Pattern WHOLE =
      Pattern.compile(
          "\\b2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"
              + "|(?<![\\w.])[+-]?[0-9][0-9.,]* (?:ms|s|min|h|d|B|kB|MB|GB|TB|%)(?!\\w)");

  /** A name of so many letters may make a table wider than a page. */
  private static final Pattern LONG_NAME = Pattern.compile("[\\w.-]{16,}");

  private static final Pattern JOINT = Pattern.compile("(?<=[._])(?=[A-Za-z0-9])");

  private final HtmlWriter html;

  Words(HtmlNodeRendererContext context) {
    this.html = context.getWriter();
  }

  @Override
  public Set<Class<? extends Node>> getNodeTypes() {
    return Set.of(Text.class);
  }

  @Override
  public void render(Node node) {
    String text = ((Text) node).getLiteral();
    Matcher whole = WHOLE.matcher(text);
    int written = 0;
    while (whole.find()) {
      names(text.substring(written, whole.start()));
      html.raw("<span class=\"w\">");
      html.text(whole.group());
      html.raw("</span>");
      written = whole.end();
    }
    names(text.substring(written));
  }

  private void names(String text) {
    Matcher name = LONG_NAME.matcher(text);
    int written = 0;
    while (name.find()) {
      html.text(text.substring(written, name.start()));
      String[] parts = JOINT.split(name.group());
      for (int i = 0; i < parts.length; i++) {
        if (i > 0) {
          html.raw("<wbr>");
        }
        html.text(parts[i]);
      }
      written = name.end();
    }
    html.text(text.substring(written));
  }
}
