using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model.Json;

namespace Orchestrator.Model.Tests;

public class JsonTests
{
    private const string Vm = """
        {"apiVersion":"orchestrator.vm/v1","kind":"VirtualMachine",
         "metadata":{"name":"web","namespace":"default","uid":"11111111-2222-3333-4444-555555555555","generation":3,"labels":{"app":"web"},
                     "creationTimestamp":"2026-01-31T12:00:00Z","finalizers":["orchestrator.vm/domain"],
                     "ownerReferences":[{"apiVersion":"v1","kind":"K","name":"n","uid":"11111111-2222-3333-4444-555555555555","controller":true}]},
         "spec":{"instanceType":"small","cpu":2,"memory":"1Gi","disk":10,"image":"debian","runStrategy":"Manual","terminationGracePeriodSeconds":5,
                 "placement":{"host":"pm-1","nodeSelector":{"a":"b"},"tolerations":[{"key":"gpu","value":"x"}],"policy":"spread",
                              "affinity":[{"matchLabels":{"app":"db"},"topologyKey":"zone","required":false}],"antiAffinity":[{"matchLabels":{"app":"web"}}]}},
         "status":{"id":7,"observedGeneration":2,"phase":"Running","host":"pm-1","reserved":{"cpu":2,"memoryMiB":1024,"diskGiB":10},"restarts":1,
                   "conditions":[{"type":"Ready","status":"True","reason":"R","message":"m","lastTransitionTime":"2026-01-31T12:00:00Z","observedGeneration":2}]}}
        """;

    private const string Pm = """
        {"metadata":{"name":"pm-1","annotations":{"a":"b"}},
         "spec":{"uri":"test:///default","hypervisor":"Kvm","cordoned":true,"taints":[{"key":"gpu","value":"x"}],"overcommit":{"cpu":2,"memory":1.5},"storagePath":"/srv"},
         "status":{"id":1,"phase":"Ready","capacity":{"cpu":8},"hypervisors":["kvm"],"foreignDomains":["x"],"storagePrepared":true}}
        """;

    [Fact]
    public void What_is_stored_is_read_back_equal() => Prop.ForAll(
        Generated.Any.ToArbitrary(),
        made => Assert.Equal(made.Object, made.Type.Parse(made.Type.Encode(made.Object)))).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Reading_and_writing_again_changes_nothing() => Prop.ForAll(Generated.Any.ToArbitrary(), made =>
    {
        var stored = made.Type.Encode(made.Object);
        Assert.Equal(Text(stored), Text(made.Type.Encode(made.Type.Decode(stored, 42))));
        Assert.Equal("42", made.Type.Decode(stored, 42).Metadata.ResourceVersion);
    }).QuickCheckThrowOnFailure();

    /// <summary>An absent field is as if the record had been made without it: initializers count.</summary>
    [Fact]
    public void Absent_fields_have_their_defaults()
    {
        Assert.Equal(new VirtualMachine { ApiVersion = "orchestrator.vm/v1", Kind = "VirtualMachine", Spec = new() }, Parse(ResourceTypes.VirtualMachines, """{"spec":{}}"""));
        Assert.Equal(
            new PhysicalMachine { ApiVersion = "orchestrator.vm/v1", Kind = "PhysicalMachine", Spec = new() { Uri = "u", Overcommit = new() { Cpu = 2 }, Taints = [new() { Key = "k" }] } },
            Parse(ResourceTypes.PhysicalMachines, """{"spec":{"uri":"u","overcommit":{"cpu":2},"taints":[{"key":"k"}]}}"""));
        Assert.Equal(
            new Event { ApiVersion = "v1", Kind = "Event", InvolvedObject = new(), Reason = "r", Source = new() },
            Parse(ResourceTypes.Events, """{"involvedObject":{},"reason":"r","source":{}}"""));
        var vm = (VirtualMachine)Parse(ResourceTypes.VirtualMachines, """
            {"spec":{"placement":{"affinity":[{"matchLabels":{}}]}},"status":{"conditions":[{"type":"t","status":"True","reason":"r"}]}}
            """);
        Assert.True(vm.Spec.Placement!.Affinity[0].Required);
        Assert.Equal("", vm.Status.Conditions[0].Message);
    }

    [Fact]
    public void Null_lists_maps_and_status_are_empty_ones() => Assert.Equal(
        Parse(ResourceTypes.VirtualMachines, """{"spec":{}}"""),
        Parse(ResourceTypes.VirtualMachines, """
            {"metadata":{"labels":null,"annotations":null,"finalizers":null,"ownerReferences":null,"creationTimestamp":null,"uid":null},"spec":{"cpu":null,"memory":null},"status":null}
            """));

    [Fact]
    public void Unknown_fields_are_passed_over() => Assert.Equal(
        Parse(ResourceTypes.VirtualMachines, """{"spec":{}}"""), Parse(ResourceTypes.VirtualMachines, """{"spec":{"x":[{"y":null}]},"z":5}"""));

    [Fact]
    public void A_missing_spec_says_so() => Assert.Equal(
        "JSON deserialization for type 'Orchestrator.Model.VirtualMachine' was missing required properties including: 'spec'.",
        Refused(ResourceTypes.VirtualMachines, """{"metadata":{"name":"a"}}""").Message);

    [Theory]
    [InlineData("""{"spec":null}""", "$.spec")]
    [InlineData("""{"spec":{},"spec":{}}""", "$.spec", "Duplicate property 'spec'")]
    [InlineData("""{"metadata":null,"spec":{}}""", "$.metadata")]
    [InlineData("""{"metadata":{"name":null},"spec":{}}""", "$.metadata.name")]
    [InlineData("""{"metadata":{"uid":"x"},"spec":{}}""", "$.metadata.uid")]
    [InlineData("""{"metadata":{"labels":{"a":1}},"spec":{}}""", "$.metadata.labels", "the value of 'a' must be a string")]
    [InlineData("""{"metadata":{"labels":{"a":"1","a":"2"}},"spec":{}}""", "$.metadata.labels", "'a' appears twice")]
    [InlineData("""{"metadata":{"finalizers":["a",null]},"spec":{}}""", "$.metadata.finalizers[1]", "a list item must not be null")]
    [InlineData("""{"metadata":{"finalizers":"a"},"spec":{}}""", "$.metadata.finalizers", "expected a list")]
    [InlineData("""{"metadata":{"creationTimestamp":"2026-01-31T12:00:00"},"spec":{}}""", "$.metadata.creationTimestamp", "must be a time such as")]
    [InlineData("""{"spec":{"runStrategy":1}}""", "$.spec.runStrategy", "must be one of Always, RerunOnFailure, Manual, Halted")]
    [InlineData("""{"spec":{"runStrategy":"1"}}""", "$.spec.runStrategy", "must be one of Always, RerunOnFailure, Manual, Halted")]
    [InlineData("""{"spec":{"runStrategy":"halted"}}""", "$.spec.runStrategy", "must be one of")]
    [InlineData("""{"spec":{"runStrategy":"Always,Manual"}}""", "$.spec.runStrategy", "must be one of")]
    [InlineData("""{"spec":{"runStrategy":null}}""", "$.spec.runStrategy", "must be one of")]
    [InlineData("""{"spec":{"cpu":"2"}}""", "$.spec.cpu")]
    [InlineData("""{"spec":{"cpu":1.5}}""", "$.spec.cpu")]
    [InlineData("""{"spec":{"cpu":99999999999}}""", "$.spec.cpu")]
    [InlineData("""{"spec":{"memory":"lots"}}""", "$.spec.memory", "must be a quantity such as 512Mi or 10Gi")]
    [InlineData("""{"spec":{"memory":-1}}""", "$.spec.memory", "must not be negative")]
    [InlineData("""{"spec":{"memory":"\ud800"}}""", "$.spec.memory")]
    [InlineData("""{"spec":{"placement":{"tolerations":[{"key":"a"},{"key":5}]}}}""", "$.spec.placement.tolerations[1].key")]
    [InlineData("""{"spec":{"placement":{"tolerations":[{"key":"a"},{}]}}}""", "$.spec.placement.tolerations[1]", "'key'")]
    [InlineData("""{"spec":{"placement":{"tolerations":[{"key":"a","key":"b"}]}}}""", "$.spec.placement.tolerations[0].key", "Duplicate")]
    [InlineData("""{"spec":{"placement":{"affinity":[{"matchLabels":{"a":1}}]}}}""", "$.spec.placement.affinity[0].matchLabels")]
    [InlineData("""{"spec":{}} x""", "$")]
    [InlineData("""{"spec":{""", "$.spec")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    [InlineData("", "$")]
    public void Refuses_with_the_path(string json, string path, string part = "")
    {
        var wrong = Refused(ResourceTypes.VirtualMachines, json);
        Assert.Equal(path, wrong.Path);
        Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith(path.TrimStart('$', '.'), wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>Each value in turn is replaced by every sort of other value: it is read, or refused with a path that leads to it.</summary>
    [Fact]
    public void Wrong_types_are_refused_where_they_are()
    {
        var refused = 0;
        foreach (var (type, json) in new (ResourceType, string)[] { (ResourceTypes.VirtualMachines, Vm), (ResourceTypes.PhysicalMachines, Pm) })
        {
            Parse(type, json);
            foreach (var path in Paths(JsonNode.Parse(json)!))
            {
                foreach (var other in new[] { "null", "5", "-1.5", "\"x\"", "[]", "{}", "true", "[1]", "{\"a\":1}", "1e999" })
                {
                    if (Try(type, Replaced(json, path, other)) is { } wrong)
                    {
                        Assert.True(path.StartsWith(wrong.Path!, StringComparison.Ordinal) || wrong.Path!.StartsWith(path, StringComparison.Ordinal), $"{path} = {other}: {wrong.Path}");
                        refused++;
                    }
                }
            }
        }

        Assert.True(refused > 300, $"{refused}");
    }

    [Fact]
    public void No_bytes_make_it_throw_anything_else() => Prop.ForAll(
        (from at in Gen.Choose(0, Vm.Length - 1) from with in Gen.Choose(0, 255) from cut in Gen.Elements(false, false, true) select (at, with, cut)).ToArbitrary(),
        change =>
        {
            var json = Encoding.UTF8.GetBytes(Vm);
            json[change.at] = (byte)change.with;
            Try(ResourceTypes.VirtualMachines, change.cut ? json[..change.at] : json);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.NotNull(Try(ResourceTypes.VirtualMachines, Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 100_000))));

    [Fact]
    public void Times_are_written_in_UTC_with_whole_seconds()
    {
        var vm = (VirtualMachine)Parse(ResourceTypes.VirtualMachines, """{"spec":{},"status":{"startedAt":"2026-01-31T12:00:00.75+02:00"}}""");
        Assert.Contains("\"startedAt\":\"2026-01-31T10:00:00Z\"", Text(ResourceTypes.VirtualMachines.Encode(vm)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_form_is_that_of_Kubernetes() => Assert.Equal(
        """
        {"apiVersion":"orchestrator.vm/v1","kind":"VirtualMachine","metadata":{"name":"a","namespace":"default"},"spec":{"cpu":1,"memory":"512Mi","runStrategy":"Always","terminationGracePeriodSeconds":30},"status":{"id":3,"phase":"Pending","conditions":[{"type":"Ready","status":"False","reason":"r","message":""}]}}
        """,
        Text(ResourceTypes.VirtualMachines.Encode(new VirtualMachine
        {
            ApiVersion = "orchestrator.vm/v1",
            Kind = "VirtualMachine",
            Metadata = new() { Name = "a", Namespace = "default", ResourceVersion = "9" },
            Spec = new() { Cpu = 1, Memory = Quantity.FromMiB(512) },
            Status = new() { Id = 3, Conditions = [new() { Type = "Ready", Status = ConditionStatus.False, Reason = "r" }] },
        })));

    /// <summary>A reader over pieces, as from a network, splits numbers anywhere.</summary>
    [Fact]
    public void A_quantity_in_pieces_is_read_whole()
    {
        var reader = new Utf8JsonReader(Pieces("1048", "576 "), new JsonReaderOptions());
        Assert.Equal(1048576, JsonSerializer.Deserialize(ref reader, ModelJson.Of<Quantity>()).Bytes);
    }

    private static Resource Parse(ResourceType type, string json) => type.Parse(Encoding.UTF8.GetBytes(json));

    private static JsonException Refused(ResourceType type, string json) => Assert.Throws<JsonException>(() => Parse(type, json));

    /// <summary>Null when it can be read; any exception but this one fails the test.</summary>
    private static JsonException? Try(ResourceType type, byte[] json)
    {
        try
        {
            type.Parse(json);
            return null;
        }
        catch (JsonException wrong)
        {
            Assert.NotNull(wrong.Path);
            return wrong;
        }
    }

    private static IEnumerable<string> Paths(JsonNode node) => (node switch
    {
        JsonObject fields => fields.Select(field => field.Value!),
        JsonArray items => items.Select(item => item!),
        _ => [],
    }).SelectMany(Paths).Append(node.GetPath());

    private static byte[] Replaced(string json, string path, string with)
    {
        var root = JsonNode.Parse(json)!;
        var node = Nodes(root).Single(candidate => candidate.GetPath() == path);
        if (node.Parent is null)
        {
            return Encoding.UTF8.GetBytes(with);
        }

        // 1e999 is no value that a node can hold, so a mark is put in first.
        node.ReplaceWith("the mark");
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace("\"the mark\"", with, StringComparison.Ordinal));

        static IEnumerable<JsonNode> Nodes(JsonNode node) => (node switch
        {
            JsonObject fields => fields.Select(field => field.Value!),
            JsonArray items => items.Select(item => item!),
            _ => [],
        }).SelectMany(Nodes).Append(node);
    }

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);

    private static System.Buffers.ReadOnlySequence<byte> Pieces(string first, string second)
    {
        var head = new Piece(Encoding.UTF8.GetBytes(first), 0, null);
        var tail = new Piece(Encoding.UTF8.GetBytes(second), first.Length, null);
        head.Then(tail);
        return new(head, 0, tail, second.Length);
    }

    private sealed class Piece : System.Buffers.ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long at, Piece? next) => (Memory, RunningIndex, Next) = (bytes, at, next);

        public void Then(Piece next) => Next = next;
    }
}
