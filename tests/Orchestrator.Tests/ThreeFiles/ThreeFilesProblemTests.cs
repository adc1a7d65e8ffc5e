using FsCheck;
using FsCheck.Fluent;
using Orchestrator.ThreeFiles;

namespace Orchestrator.Tests.ThreeFiles;

/// <summary>Each of the three files broken in many ways: what the operator reads.</summary>
public sealed class ThreeFilesProblemTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "pm_file: names no host")]
    [InlineData("# only a comment\n\n", "pm_file: names no host")]
    [InlineData("node1\nno de2\n", "pm_file:2: 'no de2' is neither [user@]host[:port] nor a libvirt URI")]
    [InlineData("node1:0", "pm_file:1: 'node1:0' has a port that is not between 1 and 65535")]
    [InlineData("node1:99999999999999999999", "pm_file:1: 'node1:99999999999999999999' has a port that is not between 1 and 65535")]
    [InlineData("node1:ssh", "pm_file:1: 'node1:ssh' is neither [user@]host[:port] nor a libvirt URI")]
    [InlineData("fd00::1", "pm_file:1: 'fd00::1' looks like an IPv6 address; write it in brackets: [fd00::1]")]
    [InlineData("[fd00::zz]", "pm_file:1: '[fd00::zz]' is neither [user@]host[:port] nor a libvirt URI")]
    [InlineData("[1.2.3]", "pm_file:1: '[1.2.3]' has brackets around what is not an IPv6 address")]
    [InlineData("10.0.0.256", "pm_file:1: '10.0.0.256' is not an IPv4 address")]
    [InlineData("node..1", "pm_file:1: 'node..1' has a host name that is too long or has an empty part")]
    [InlineData("http://node1/", "pm_file:1: 'http://node1/' is not a libvirt URI such as qemu+ssh://root@host/system")]
    [InlineData("-oProxyCommand=reboot", "pm_file:1: '-oProxyCommand=reboot' is neither [user@]host[:port] nor a libvirt URI")]
    [InlineData("node1;reboot", "pm_file:1: 'node1;reboot' is neither [user@]host[:port] nor a libvirt URI")]
    [InlineData("node1\r\nroot@node1:22\r\n", "pm_file:2: 'root@node1:22' is the same host as line 1")]
    [InlineData("localhost\n127.0.0.1", "pm_file:2: '127.0.0.1' is the same host as line 1")]
    [InlineData("a@b@c\nx y", "pm_file:1: 'a@b@c' is neither [user@]host[:port] nor a libvirt URI", "pm_file:2: 'x y' is neither [user@]host[:port] nor a libvirt URI")]
    public void Broken_pm_file(string text, params string[] expected) => Assert.Equal(expected, Problems(pms: text));

    [Theory]
    [InlineData("", "image_file: names no image; for none at all write {\"images\": []}")]
    [InlineData("images/debian.qcow2", "image_file:1: 'images/debian.qcow2' must be an absolute path or user@host:/path")]
    [InlineData("/images/", "image_file:1: '/images/' is a folder")]
    [InlineData("https://example.org/a.img", "image_file:1: 'https://example.org/a.img' is a URL; this version does not fetch images from URLs yet: download it and give its path")]
    [InlineData("/a.img\n\n# x\n/a.img", "image_file:4: '/a.img' repeats line 1")]
    [InlineData("root@node1:a.img", "image_file:1: 'root@node1:a.img' must be an absolute path or user@host:/path")]
    [InlineData("{\"images\": [\"/a.img\",", "image_file:1: the file ends before the ']' that belongs to line 1")]
    [InlineData("{\"image\": []}", "image_file:1: has no 'images'")]
    [InlineData("{\"images\": \"/a.img\"}", "image_file:1: 'images' must be a list, not the text '/a.img'")]
    [InlineData("{\"images\": [\n  17,\n  {\"name\": \"x\"}\n]}", "image_file:2: an image is a path in quotes or a map with a path, not 17", "image_file:3: an image needs a path")]
    [InlineData("{\"images\": [{\"path\": \"/a\", \"id\": -1}]}", "image_file:1: id must be a whole number from 1 to 2147483647, not -1")]
    [InlineData("{\"images\": [{\"path\": \"/a\", \"id\": 7}, {\"path\": \"/b\", \"id\": 7}]}", "image_file:1: the id 7 is that of line 1 already")]
    [InlineData("{\"images\": [{\"path\": \"/a\", \"sise\": 1}]}", "image_file:1: 'sise' is not a known field; known are path, source, url, name, id")]
    public void Broken_image_file(string text, params string[] expected) => Assert.Equal(expected, Problems(images: text));

    [Theory]
    [InlineData("", "flavor_file:1: the file ends where a value was expected")]
    [InlineData("{'types': []}", "flavor_file: names no type")]
    [InlineData("{'flavors': []}", "flavor_file:1: has no 'types'")]
    [InlineData("{'types': [\n{'tid': 1, 'cpu': 1, 'ram': 512, 'disk': 1}\n{'tid': 2}]}", "flavor_file:3: a ',' or ']' was expected, not '{'tid': 2}]}'")]
    [InlineData("{'types': [{'tid': 1, 'cpu': 1, 'ram': 512}]}", "flavor_file:1: disk is missing")]
    [InlineData("{'types': [{'cpu': 0, 'ram': -5, 'disk': 1.5}]}", "flavor_file:1: cpu must be a whole number from 1 to 2147483647, not 0", "flavor_file:1: ram must be a whole number from 1 to 2147483647, not -5", "flavor_file:1: disk must be a whole number from 0 to 2147483647, not 1.5")]
    [InlineData("{'types': [{'cpu': '1', 'ram': None, 'disk': True}]}", "flavor_file:1: cpu must be a whole number from 1 to 2147483647, not the text '1'", "flavor_file:1: ram is missing", "flavor_file:1: disk must be a whole number from 0 to 2147483647, not true")]
    [InlineData("{'types': [{'cpu': 99999, 'ram': 1, 'disk': 1}]}", "flavor_file:1: cpu: Invalid value: 99999: must be between 1 and 1024")]
    [InlineData("{'types': [{'cpu': 99999999999999999999, 'ram': 1, 'disk': 1}]}", "flavor_file:1: cpu must be a whole number from 1 to 2147483647, not 99999999999999999999")]
    [InlineData("{'types': [\n{'tid': 2, 'cpu': 1, 'ram': 1, 'disk': 1},\n{'cpu': 1, 'ram': 1, 'disk': 1}]}", "flavor_file:3: the tid 2 is that of line 2 already")]
    [InlineData("{'types': [{'cpu': 1, 'cpu': 2}]}", "flavor_file:1: 'cpu' is given twice in the same entry")]
    [InlineData("{'types': [{'name': 'a b', 'cpu': 1, 'ram': 1, 'disk': 1}]}", "flavor_file:1: name: Invalid value: \"a b\": must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit")]
    [InlineData("types = __import__('os').system('reboot')", "flavor_file:1: '__import__' is not a value; texts need quotes")]
    [InlineData("{'types': [{'cpu': 1 + 1}]}", "flavor_file:1: a ',' or '}' was expected, not '+ 1}]}'")]
    [InlineData("{'types': [{'cpu': 1, 'ram': 512MB}]}", "flavor_file:1: '512MB' is not a number")]
    [InlineData("{'types': [{'name\n': 1}]}", "flavor_file:1: the text 'name' has no closing quote")]
    [InlineData("{'types': []}\nx = 1", "flavor_file:2: there is more after the end of the value: 'x = 1'")]
    public void Broken_flavor_file(string text, params string[] expected) => Assert.Equal(expected, Problems(types: text));

    [Fact]
    public void What_is_no_text_is_refused_with_the_line()
    {
        Assert.Equal(["pm_file:2: contains a NUL byte: this is not a text file (or not UTF-8)"], Problems(pms: "a\nb\0"));
        Assert.Equal(["pm_file:2: contains the control character U+001B"], Problems(pms: "a\n\u001b[31mb"));
        Assert.Equal(["pm_file:3: is not UTF-8 text"], Check(_folder.File("pm_file", [.. "a\nb\n"u8, 0xff, 0xfe, (byte)'\n']), null, null));
        Assert.Equal(["pm_file: is larger than 4 MiB"], Check(_folder.File("pm_file", new byte[(4 << 20) + 1]), null, null));
    }

    [Fact]
    public void All_errors_of_all_files_are_reported_and_nothing_is_written()
    {
        var specs = Path.Combine(_folder.Path, "specs");
        var result = SeedFiles.Import(_folder.Path, Path.Combine(_folder.Path, "none"), _folder.File("flavor_file", "{"), specs);

        Assert.Equal(
            [": is a folder, not a file", "/none: there is no such file", "/flavor_file:1: the file ends before the '}' that belongs to line 1"],
            (string[])[.. result.Problems.Select(problem => problem.ToString()[_folder.Path.Length..])]);
        Assert.False(Directory.Exists(specs));
    }

    [Fact]
    public void Deep_nesting_and_long_lines_do_no_harm()
    {
        Assert.Equal(["flavor_file:1: is nested deeper than 32 levels"], Problems(types: new string('[', 100_000)));
        Assert.Single(Problems(pms: new string('a', 1_000_000)));
        Assert.Single(Problems(images: "/" + new string('a', 1_000_000) + "\nb"));
    }

    [Fact]
    public void Any_bytes_are_either_understood_or_refused() => Prop.ForAll<byte[]>(bytes =>
    {
        var path = _folder.File("any", bytes);
        SeedFiles.Check(path, path, path);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_cut_of_a_good_flavor_file_is_refused()
    {
        const string Good = "types = {'types': [{'tid': 1, 'cpu': 1, 'ram': 512, 'disk': 1,}, ], }";
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.NotEmpty(Problems(types: Good[..length]));
        }

        Assert.Empty(Problems(types: Good));
    }

    private IReadOnlyList<string> Problems(string? pms = null, string? images = null, string? types = null) => Check(
        pms is null ? null : _folder.File("pm_file", pms),
        images is null ? null : _folder.File("image_file", images),
        types is null ? null : _folder.File("flavor_file", types));

    private IReadOnlyList<string> Check(string? pms, string? images, string? types) =>
        [.. SeedFiles.Check(pms, images, types).Problems.Select(problem => problem.ToString()[(_folder.Path.Length + 1)..])];
}
