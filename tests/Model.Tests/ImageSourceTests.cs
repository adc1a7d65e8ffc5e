using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Model.Tests;

public class ImageSourceTests
{
    [Theory]
    [InlineData("/images/debian-12.qcow2", null, "/images/debian-12.qcow2")]
    [InlineData("/a b/$(x);'\".img", null, "/a b/$(x);'\".img")]
    [InlineData("/with:colon", null, "/with:colon")]
    [InlineData("store:/images/x.img", "store", "/images/x.img")]
    [InlineData("root@10.0.0.1:/x", "root@10.0.0.1", "/x")]
    [InlineData("a-b_c.d@host-1.example:/x:y", "a-b_c.d@host-1.example", "/x:y")]
    public void Reads(string source, string? host, string path) => Assert.Equal(new ImageSource(host, path), ImageSource.Parse(source, out _));

    [Theory]
    [InlineData("")]
    [InlineData("x.img")]
    [InlineData("./x.img")]
    [InlineData("host:x.img")]
    [InlineData(":/x")]
    [InlineData("@host:/x")]
    [InlineData("-oProxyCommand=reboot:/x")]
    [InlineData("-host:/x")]
    [InlineData("root@-host:/x")]
    [InlineData("root@-oProxyCommand=reboot:/x")]
    [InlineData("-root@host:/x")]
    [InlineData("ro ot@host:/x")]
    [InlineData("host;reboot:/x")]
    [InlineData("$(reboot):/x")]
    [InlineData("host\n:/x")]
    [InlineData("/x\n")]
    [InlineData("/x\0.img")]
    [InlineData("/x\u007f")]
    [InlineData("/x\u0085")]
    [InlineData("/")]
    [InlineData("/images/")]
    [InlineData("host:/images/")]
    [InlineData("http://host/x")]
    [InlineData("hösT:/x")]
    public void Refuses(string source)
    {
        Assert.Null(ImageSource.Parse(source, out var error));
        Assert.NotEmpty(error);
    }

    [Theory]
    [InlineData("/images/Ubuntu-12.04-amd64.qcow2", "Ubuntu-12.04-amd64")]
    [InlineData("root@h:/images/debian.img", "debian")]
    [InlineData("/images/plain", "plain")]
    public void The_title_is_the_last_part_without_its_extension(string source, string title) => Assert.Equal(title, ImageSource.Title(source));

    [Fact]
    public void What_is_read_can_be_told_apart_by_ssh_and_the_file_system() => Prop.ForAll<string>(text =>
    {
        foreach (var source in new[] { text ?? "", "/" + text, text + ":/x", $"u@{text}:/{text}" })
        {
            if (ImageSource.Parse(source, out _) is { } read)
            {
                Assert.StartsWith("/", read.Path, StringComparison.Ordinal);
                Assert.DoesNotContain(read.Path, char.IsControl);
                Assert.False(read.Host is { } host && (host.StartsWith('-') || host.Contains("@-", StringComparison.Ordinal) || host.Any(char.IsWhiteSpace)), source);
                Assert.Equal(source, read.Host is null ? read.Path : $"{read.Host}:{read.Path}");
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
