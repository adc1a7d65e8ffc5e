using FsCheck.Fluent;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Wire;

public sealed class TypedParameterTests
{
    [Fact]
    public void Lists_come_back() => Gens.Holds(Gens.Parameter.ArrayOf(), items =>
    {
        var reader = new XdrReader(Encode(items).Payload);
        Assert.Equal(items, WireTypes.Parameters(ref reader, new NameTable()));
        Assert.Equal(0, reader.Remaining);
    });

    [Fact]
    public void A_name_that_repeats_is_one_string()
    {
        var names = new NameTable();
        var first = names.Get("state.state"u8);
        Assert.Equal("state.state", first);
        Assert.Same(first, names.Get("state.state"u8));
    }

    [Fact]
    public void Names_are_right_however_many_there_are()
    {
        var names = new NameTable();
        Gens.Holds(Gens.Text, text => Assert.Equal(text, names.Get(System.Text.Encoding.UTF8.GetBytes(text))));
        Assert.All(Enumerable.Range(0, 5000), i => Assert.Equal($"vcpu.{i}.time", names.Get(System.Text.Encoding.UTF8.GetBytes($"vcpu.{i}.time"))));
    }

    [Fact]
    public void Integers_are_given_where_they_fit()
    {
        Assert.Equal(ulong.MaxValue, TypedParameter.Of("n", ulong.MaxValue).AsUInt64());
        Assert.Null(TypedParameter.Of("n", ulong.MaxValue).AsInt64());
        Assert.Null(TypedParameter.Of("n", -1).AsUInt64());
        Assert.Equal(uint.MaxValue, TypedParameter.Of("n", uint.MaxValue).AsInt64());
        Assert.Null(TypedParameter.Of("n", "text").AsInt64());
        Assert.Null(TypedParameter.Of("n", 1.5).AsInt64());
        Assert.Equal(1.5, TypedParameter.Of("n", 1.5).AsDouble());
        Assert.True(TypedParameter.Of("n", true).AsBool());
    }

    [Fact]
    public void An_unknown_type_is_refused()
    {
        var payload = new XdrWriter().UInt32(1).String("n").Int32(8).Int32(0).Payload.ToArray();
        Assert.Throws<XdrException>(() =>
        {
            var reader = new XdrReader(payload);
            return WireTypes.Parameters(ref reader, new NameTable());
        });
    }

    internal static XdrWriter Encode(IReadOnlyCollection<TypedParameter> items)
    {
        var writer = new XdrWriter().UInt32((uint)items.Count);
        foreach (var item in items)
        {
            writer.String(item.Name).Int32((int)item.Kind);
            _ = item.Kind switch
            {
                TypedParameterKind.Int32 => writer.Int32((int)item.AsInt64()!.Value),
                TypedParameterKind.UInt32 => writer.UInt32((uint)item.AsInt64()!.Value),
                TypedParameterKind.Int64 => writer.Int64(item.AsInt64()!.Value),
                TypedParameterKind.UInt64 => writer.UInt64(item.AsUInt64()!.Value),
                TypedParameterKind.Double => writer.Double(item.AsDouble()!.Value),
                TypedParameterKind.Bool => writer.Bool(item.AsBool()!.Value),
                _ => writer.String(item.AsString()!),
            };
        }

        return writer;
    }
}
