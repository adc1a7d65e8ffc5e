namespace Orchestrator.Model.Tests;

public class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Web-1.prod_x")]
    [InlineData("0")]
    [InlineData("a--b..c")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123")]
    public void Names_are(string name) => Assert.True(Names.IsName(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a\n")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a\"b")]
    [InlineData("a<b")]
    [InlineData("a;b")]
    [InlineData("$(reboot)")]
    [InlineData("a\0")]
    [InlineData("ä")]
    [InlineData("١")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void Names_are_not(string? name) => Assert.False(Names.IsName(name));

    [Fact]
    public void A_very_long_name_is_refused_at_once_and_shown_in_part()
    {
        var error = Errors(new() { Name = new('x', 1_000_000), Namespace = "default" }).Single();
        Assert.Equal("metadata.name", error.Field);
        Assert.True(error.Message.Length < 400);
    }

    [Theory]
    [InlineData("", "default", true, "metadata.name")]
    [InlineData("a b", "default", true, "metadata.name")]
    [InlineData("a", null, true, "metadata.namespace")]
    [InlineData("a", "b/c", true, "metadata.namespace")]
    [InlineData("a", "default", false, "metadata.namespace")]
    [InlineData("a", null, false, "")]
    [InlineData("a", "default", true, "")]
    public void Name_and_namespace_are_checked(string name, string? @namespace, bool namespaced, string field) =>
        Assert.Equal(field, string.Join(' ', Names.Validate(new() { Name = name, Namespace = @namespace }, namespaced).Select(error => error.Field)));

    [Theory]
    [InlineData("app", "web", "")]
    [InlineData("example.com/app", "", "")]
    [InlineData("", "x", "metadata.labels")]
    [InlineData("/app", "x", "metadata.labels")]
    [InlineData("Example.com/app", "x", "metadata.labels")]
    [InlineData("a/b/c", "x", "metadata.labels")]
    [InlineData("a b", "x", "metadata.labels")]
    [InlineData("app", "a b", "metadata.labels[app]")]
    [InlineData("app", "a\n", "metadata.labels[app]")]
    public void Labels_are_checked(string key, string value, string field) =>
        Assert.Equal(field, string.Join(' ', Errors(new() { Name = "a", Namespace = "default", Labels = StringMap.Empty.With(key, value) }).Select(error => error.Field)));

    [Fact]
    public void Annotations_may_say_anything_up_to_a_limit()
    {
        ObjectMeta Annotated(string key, string value) => new() { Name = "a", Namespace = "default", Annotations = StringMap.Empty.With(key, value) };
        Assert.Empty(Errors(Annotated("a/b", "any\n\"thing\"")));
        Assert.Equal("metadata.annotations", Errors(Annotated("a b", "")).Single().Field);
        Assert.Equal("metadata.annotations", Errors(Annotated("a", new('x', 256 * 1024))).Single().Field);
        Assert.Empty(Errors(Annotated("a", new('x', (256 * 1024) - 1))));
    }

    private static IEnumerable<FieldError> Errors(ObjectMeta metadata) => Names.Validate(metadata, namespaced: true);
}
