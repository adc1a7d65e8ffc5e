using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>What the text of a specs file means, and what is said when it means nothing.</summary>
public sealed class SpecReaderTests
{
    private const string Vm = """
        apiVersion: orchestrator.vm/v1
        kind: VirtualMachine
        metadata:
          name: web
          labels: {app: web, "version": "1.10"}
        spec:
          instanceType: small   # a comment
          memory: 512Mi
          cpu: 2
          runStrategy: Halted
          placement:
            host: node1
            tolerations:
            - key: gpu
            - {key: ssd, value: 'yes'}

        """;

    [Fact]
    public void A_document_becomes_an_object()
    {
        var machine = Assert.IsType<VirtualMachine>(Assert.Single(Good(Vm)).Object);
        Assert.Equal("default/web", machine.Metadata.FullName);
        Assert.Equal("app=web,version=1.10", machine.Metadata.Labels.ToString());
        Assert.Equal((2, Quantity.FromMiB(512), RunStrategy.Halted, 30), (machine.Spec.Cpu, machine.Spec.Memory, machine.Spec.RunStrategy, machine.Spec.TerminationGracePeriodSeconds));
        Assert.Equal([new() { Key = "gpu" }, new() { Key = "ssd", Value = "yes" }], machine.Spec.Placement!.Tolerations);
    }

    [Fact]
    public void A_file_holds_any_number_of_documents_and_empty_ones_do_not_count()
    {
        var documents = Good($"# first\n---\n---\n{Type("a")}---\n# nothing\n---\n{Type("b")}...\n---\n{Type("c")}");
        Assert.Equal("InstanceType a, InstanceType b, InstanceType c", string.Join(", ", documents));
        Assert.Equal([4, 15, 25], documents.Select(document => document.At.Line).ToArray());
        Assert.Empty(Good("# all commented out\n"));
        Assert.Empty(Good(""));
    }

    [Fact]
    public void Byte_order_mark_windows_line_ends_and_json_are_fine()
    {
        Assert.Equal(Good(Vm)[0].Object, Good("\uFEFF" + Vm.ReplaceLineEndings("\r\n"))[0].Object);
        Assert.Equal("InstanceType a", Good("""{"apiVersion": "orchestrator.vm/v1", "kind": "InstanceType", "metadata": {"name": "a"}, "spec": {"cpu": 1, "memory": 1073741824, "disk": "1Gi"}}""")[0].ToString());
    }

    [Fact]
    public void Layout_and_comments_do_not_change_the_digest_but_content_does()
    {
        var digest = Good(Vm)[0].Digest;
        Assert.Equal(digest, Good("# more\n" + Vm.Replace("  # a comment", "", StringComparison.Ordinal).Replace("'yes'", "\"yes\"", StringComparison.Ordinal))[0].Digest);
        Assert.False(digest == Good(Vm.Replace("cpu: 2", "cpu: 3", StringComparison.Ordinal))[0].Digest);
    }

    [Fact]
    public void What_kubectl_prints_can_be_a_file()
    {
        var printed = Vm.Replace("metadata:", "status: {phase: Running, id: 7}\nmetadata:\n  uid: 5f0c8b7e-0000-4000-8000-000000000000\n  resourceVersion: \"17\"\n  generation: 3\n  creationTimestamp: 2026-01-31T12:00:00Z", StringComparison.Ordinal)
            .Replace("  labels:", $"  annotations: {{{SpecAnnotations.File}: other.yaml, note: kept}}\n  labels:", StringComparison.Ordinal);
        var metadata = Good(printed)[0].Object.Metadata;
        Assert.Equal((null, null, 0, "note=kept"), (metadata.Uid, metadata.ResourceVersion, metadata.Generation, metadata.Annotations.ToString()));
    }

    [Fact]
    public void Anchors_and_aliases_work_within_a_document() =>
        Assert.Equal("a=x,b=x", Good($"{Type("t")}---\n{Vm.Replace("labels: {app: web, \"version\": \"1.10\"}", "labels:\n    a: &v x\n    b: *v", StringComparison.Ordinal)}")[1].Object.Metadata.Labels.ToString());

    [Theory]
    [InlineData("cpu: 2", "cpu: two", "specs/web.yaml:9:3 spec.cpu: Invalid value: \"two\": must be a whole number")]
    [InlineData("cpu: 2", "cpu: '2'", "specs/web.yaml:9:3 spec.cpu: Invalid value: \"2\": must be a whole number")]
    [InlineData("cpu: 2", "cpu: 2.5", "specs/web.yaml:9:3 spec.cpu: Invalid value: 2.5: must be a whole number")]
    [InlineData("cpu: 2", "cpu: 0", "specs/web.yaml:9:3 spec.cpu: Invalid value: 0: must be between 1 and 1024")]
    [InlineData("cpu: 2", "cpuu: 2", "specs/web.yaml:9:3 spec.cpuu: unknown field; did you mean cpu?")]
    [InlineData("memory: 512Mi", "memory: 512MB", "specs/web.yaml:8:3 spec.memory: Invalid value: \"512MB\": must be a quantity such as 512Mi or 10Gi")]
    [InlineData("runStrategy: Halted", "runStrategy: halted", "specs/web.yaml:10:3 spec.runStrategy: Invalid value: \"halted\": must be one of Always, RerunOnFailure, Manual, Halted")]
    [InlineData("host: node1", "host: [node1]", "specs/web.yaml:12:5 spec.placement.host: Invalid value: [\"node1\"]: must be a string")]
    [InlineData("- key: gpu", "- ky: gpu", "specs/web.yaml:14:7 spec.placement.tolerations[0].ky: unknown field; did you mean key?", "specs/web.yaml:14:7 spec.placement.tolerations[0].key: Required value")]
    [InlineData("app: web", "app: 1.0", "specs/web.yaml:5:3 metadata.labels: Invalid value: {\"app\":1.0,\"version\":\"1.10\"}: the value of 'app' must be a string")]
    [InlineData("app: web", "app: 'a b'", "specs/web.yaml:5:12 metadata.labels[app]: Invalid value: \"a b\": must be empty or 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit")]
    [InlineData("name: web", "name: 'we b'", "specs/web.yaml:4:3 metadata.name: Invalid value: \"we b\": must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit")]
    [InlineData("name: web", "generateName: web-", "specs/web.yaml:4:3 metadata.generateName: Forbidden: a file must name its objects, or each look at it would make another one")]
    [InlineData("name: web", "name: web\n  name: web2", "specs/web.yaml:5:3: 'name' is given twice in the same map (first at line 4)")]
    [InlineData("kind: VirtualMachine", "kind: VirtualMashine", "specs/web.yaml:2:1 kind: unknown kind orchestrator.vm/v1 VirtualMashine; known are: orchestrator.vm/v1 PhysicalMachine, orchestrator.vm/v1 InstanceType, orchestrator.vm/v1 Image, orchestrator.vm/v1 VirtualMachine")]
    [InlineData("apiVersion: orchestrator.vm/v1", "apiVersion: v2", "specs/web.yaml:1:1 apiVersion: unknown kind v2 VirtualMachine; known are: orchestrator.vm/v1 PhysicalMachine, orchestrator.vm/v1 InstanceType, orchestrator.vm/v1 Image, orchestrator.vm/v1 VirtualMachine")]
    [InlineData("  memory: 512Mi", "\tmemory: 512Mi", "specs/web.yaml:8:1: is not valid YAML: tabs cannot indent; use spaces")]
    [InlineData("memory: 512Mi", "memory: [512Mi", "specs/web.yaml:8:11: is not valid YAML from here on; is a bracket, a brace or a quote not closed?")]
    [InlineData("memory: 512Mi", "memory: *nothing", "specs/web.yaml:8:11: the alias *nothing stands for nothing that was said before")]
    [InlineData("memory: 512Mi", "memory: !!python/object 1", "specs/web.yaml:8:11: the tag 'tag:yaml.org,2002:python/object' is not supported")]
    [InlineData("memory: 512Mi", "memory: .inf", "specs/web.yaml:8:11: '.inf' is not a number that can be used here")]
    [InlineData("memory: 512Mi", "<<: {cpu: 1}", "specs/web.yaml:8:3: merge keys (<<) are not supported; write the fields out")]
    [InlineData("labels:", "annotations: {orchestrator.vm/prune: yes}\n  labels:", "specs/web.yaml:5:17 metadata.annotations[orchestrator.vm/prune]: Invalid value: \"yes\": must be keep or allow")]
    public void Each_mistake_is_named_with_its_place(string good, string bad, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), Errors(Vm.Replace(good, bad, StringComparison.Ordinal)).Order(StringComparer.Ordinal), new Pattern());

    [Fact]
    public void All_mistakes_of_all_documents_are_reported_in_order()
    {
        var errors = Errors($"{Type("a").Replace("cpu: 1", "cpu: x\n  size: 3", StringComparison.Ordinal)}---\n- 1\n---\nkind: Image\n---\n{Type("b").Replace("spec", "spek", StringComparison.Ordinal)}");
        Assert.Equal(
            [
                "specs/web.yaml:6:3 spec.cpu: Invalid value: \"x\": must be a whole number",
                "specs/web.yaml:7:3 spec.size: unknown field",
                "specs/web.yaml:11:1: Required value: a document is a map with apiVersion, kind, metadata and spec",
                "specs/web.yaml:13:1 apiVersion: Required value: apiVersion and kind are one of: *",
                "specs/web.yaml:15:1 spec: Required value",
                "specs/web.yaml:19:1 spek: unknown field; did you mean spec?",
            ],
            errors,
            new Pattern());
    }

    [Fact]
    public void The_same_object_twice_names_both_places() =>
        Assert.Equal(
            ["specs/web.yaml:10:1 metadata.name: InstanceType a is described twice: here and at specs/web.yaml:1:1"],
            Errors($"{Type("a")}---\n{Type("a")}").ToArray());

    [Fact]
    public void Other_encodings_are_refused()
    {
        Assert.Equal("specs/web.yaml:1:1: is UTF-16; save it as UTF-8", Assert.Single(Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Vm)).ToArray()).Errors).ToString());
        Assert.Equal("specs/web.yaml:2:3: is not UTF-8 text", Assert.Single(Read([.. "# x\nab"u8, 0xe9, (byte)'\n']).Errors).ToString());
    }

    [Fact]
    public void Nothing_small_can_ask_for_much()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("aliases make the document larger", Assert.Single(Errors(bomb.ToString())), StringComparison.Ordinal);
        Assert.Contains("aliases make the document larger", Assert.Single(Errors($"a: &a {new string('x', 500_000)}\nb: [{string.Join(',', Enumerable.Repeat("*a", 50_000))}]")), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 64 levels", Assert.Single(Errors(new string('[', 500_000))), StringComparison.Ordinal);
        Assert.Contains("nested deeper than 64 levels", Assert.Single(Errors(string.Concat(Enumerable.Range(0, 1000).Select(i => new string(' ', i) + "a:\n")))), StringComparison.Ordinal);
        Assert.Contains("more than 100000 values", Assert.Single(Errors("a: [" + string.Concat(Enumerable.Repeat("1,", 200_000)) + "]")), StringComparison.Ordinal);
        Assert.Contains("larger than 1 MiB", Assert.Single(Errors(new string('#', (1 << 20) + 1))), StringComparison.Ordinal);
        Assert.NotEmpty(Errors("a: &a [*a]"));
    }

    [Fact]
    public void Any_text_is_read_or_refused_without_a_crash()
    {
        var words = Gen.Elements("a", ":", " ", "\n", "\n  ", "- ", "\t", "&a ", "*a", "{", "}", "[", "]", "'", "\"", "|\n", ">\n", "---\n", "...\n", "!!str ", "? ", "#", "%YAML 1.2\n", "\0", "\\uD800", "0x1", "1e999", "~", "<<: ", "é");
        Prop.ForAll(words.ListOf().ToArbitrary(), parts => Errors(string.Concat(parts))).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => Read(bytes)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_cut_file_gives_a_part_of_its_objects_or_errors_never_other_objects()
    {
        var text = $"{Type("a")}---\n{Type("b")}---\n{Vm}";
        var whole = Good(text).Select(document => document.Object.Metadata.FullName).ToArray();
        for (var length = 0; length < text.Length; length++)
        {
            var file = Read(Encoding.UTF8.GetBytes(text[..length]));
            if (file.Valid)
            {
                Assert.Equal(whole[..file.Documents.Count].Length, file.Documents.Count);
            }
        }
    }

    private static string Type(string name) => $"""
        apiVersion: orchestrator.vm/v1
        kind: InstanceType
        metadata:
          name: {name}
        spec:
          cpu: 1
          memory: 512Mi
          disk: 1Gi

        """;

    private static SpecFile Read(byte[] bytes) => SpecReader.Read("web.yaml", "specs/web.yaml", bytes);

    private static IReadOnlyList<string> Errors(string text) => [.. Read(Encoding.UTF8.GetBytes(text)).Errors.Select(error => error.ToString())];

    private static IReadOnlyList<SpecDocument> Good(string text)
    {
        var file = Read(Encoding.UTF8.GetBytes(text));
        Assert.Empty(file.Errors);
        return file.Documents;
    }

    /// <summary>Equal, or equal up to a final <c>*</c>: the parser's own words may change.</summary>
    private sealed class Pattern : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x!.EndsWith('*') ? y!.StartsWith(x[..^1], StringComparison.Ordinal) : x == y;

        public int GetHashCode(string obj) => 0;
    }
}
