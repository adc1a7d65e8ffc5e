using System.Runtime.InteropServices;

namespace Orchestrator.Libvirt;

/// <summary>virTypedParameterType.</summary>
public enum TypedParameterKind
{
    Int32 = 1,
    UInt32 = 2,
    Int64 = 3,
    UInt64 = 4,
    Double = 5,
    Bool = 6,
    String = 7,
}

/// <summary>A named value of one of seven types, without boxing.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TypedParameter
{
    private readonly long _bits;
    private readonly string? _text;

    private TypedParameter(string name, TypedParameterKind kind, long bits, string? text) =>
        (Name, Kind, _bits, _text) = (name, kind, bits, text);

    public string Name { get; }

    public TypedParameterKind Kind { get; }

    public static TypedParameter Of(string name, int value) => new(name, TypedParameterKind.Int32, value, text: null);

    public static TypedParameter Of(string name, uint value) => new(name, TypedParameterKind.UInt32, value, text: null);

    public static TypedParameter Of(string name, long value) => new(name, TypedParameterKind.Int64, value, text: null);

    public static TypedParameter Of(string name, ulong value) => new(name, TypedParameterKind.UInt64, unchecked((long)value), text: null);

    public static TypedParameter Of(string name, double value) => new(name, TypedParameterKind.Double, BitConverter.DoubleToInt64Bits(value), text: null);

    public static TypedParameter Of(string name, bool value) => new(name, TypedParameterKind.Bool, value ? 1 : 0, text: null);

    public static TypedParameter Of(string name, string value) => new(name, TypedParameterKind.String, 0, value);

    /// <summary>The value of any integer kind, or of a boolean as 0 and 1; null for text, for doubles and where it does not fit.</summary>
    public long? AsInt64() => Kind switch
    {
        TypedParameterKind.String or TypedParameterKind.Double => null,
        TypedParameterKind.UInt64 when _bits < 0 => null,
        _ => _bits,
    };

    /// <summary>As <see cref="AsInt64"/>, for values that are never negative.</summary>
    public ulong? AsUInt64() => Kind switch
    {
        TypedParameterKind.String or TypedParameterKind.Double => null,
        TypedParameterKind.UInt64 => unchecked((ulong)_bits),
        _ => _bits < 0 ? null : (ulong)_bits,
    };

    public double? AsDouble() => Kind is TypedParameterKind.Double ? BitConverter.Int64BitsToDouble(_bits) : null;

    public bool? AsBool() => Kind is TypedParameterKind.Bool ? _bits != 0 : null;

    public string? AsString() => _text;

    public override string ToString() => Kind switch
    {
        TypedParameterKind.String => $"{Name}={_text}",
        TypedParameterKind.Double => $"{Name}={AsDouble()}",
        TypedParameterKind.Bool => $"{Name}={_bits != 0}",
        TypedParameterKind.UInt64 => $"{Name}={AsUInt64()}",
        _ => $"{Name}={_bits}",
    };
}
