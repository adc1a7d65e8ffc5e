namespace Orchestrator.Libvirt.Wire;

/// <summary>The composite types of <c>remote_protocol.x</c>, in wire order, with the least bytes one of them takes.</summary>
internal static class WireTypes
{
    public const int DomainBytes = 24;
    public const int NamedBytes = 20;
    public const int VolumeBytes = 12;
    public const int SecretBytes = 24;
    public const int ParameterBytes = 12;

    public static XdrWriter Domain(this XdrWriter writer, DomainRef domain) => writer.String(domain.Name).Uuid(domain.Uuid).Int32(domain.Id);

    public static XdrWriter Network(this XdrWriter writer, NetworkRef network) => writer.String(network.Name).Uuid(network.Uuid);

    public static XdrWriter Pool(this XdrWriter writer, StoragePoolRef pool) => writer.String(pool.Name).Uuid(pool.Uuid);

    public static XdrWriter Volume(this XdrWriter writer, VolumeRef volume) => writer.String(volume.Pool).String(volume.Name).String(volume.Key);

    public static XdrWriter Secret(this XdrWriter writer, SecretRef secret) => writer.Uuid(secret.Uuid).Int32((int)secret.Usage).String(secret.UsageId);

    public static DomainRef Domain(ref XdrReader reader) => new(reader.String(), reader.Uuid(), reader.Int32());

    public static NetworkRef Network(ref XdrReader reader) => new(reader.String(), reader.Uuid());

    public static StoragePoolRef Pool(ref XdrReader reader) => new(reader.String(), reader.Uuid());

    public static VolumeRef Volume(ref XdrReader reader) => new(reader.String(), reader.String(), reader.String());

    public static SecretRef Secret(ref XdrReader reader) => new(reader.Uuid(), (SecretUsage)reader.Int32(), reader.String());

    public static string String(ref XdrReader reader) => reader.String();

    public static int Int32(ref XdrReader reader) => reader.Int32();

    public static ulong UInt64(ref XdrReader reader) => reader.UInt64();

    public static bool Bool(ref XdrReader reader) => reader.Bool();

    public static TypedParameters Parameters(ref XdrReader reader, NameTable names)
    {
        var items = new TypedParameter[reader.Count(ProtocolLimits.MaxParameters, ParameterBytes)];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Parameter(ref reader, names);
        }

        return new TypedParameters(items);
    }

    private static TypedParameter Parameter(ref XdrReader reader, NameTable names)
    {
        var name = names.Get(reader.Bytes(ProtocolLimits.MaxString));
        return (TypedParameterKind)reader.Int32() switch
        {
            TypedParameterKind.Int32 => TypedParameter.Of(name, reader.Int32()),
            TypedParameterKind.UInt32 => TypedParameter.Of(name, reader.UInt32()),
            TypedParameterKind.Int64 => TypedParameter.Of(name, reader.Int64()),
            TypedParameterKind.UInt64 => TypedParameter.Of(name, reader.UInt64()),
            TypedParameterKind.Double => TypedParameter.Of(name, reader.Double()),
            TypedParameterKind.Bool => TypedParameter.Of(name, reader.Bool()),
            TypedParameterKind.String => TypedParameter.Of(name, reader.String()),
            var other => throw new XdrException($"typed parameter {name} of unknown type {(int)other}"),
        };
    }

    /// <summary>remote_error: what a reply or stream packet with status ERROR carries.</summary>
    public static LibvirtOperationException Error(ref XdrReader reader)
    {
        var code = (LibvirtErrorCode)reader.Int32();
        var domain = reader.Int32();
        var message = reader.OptionalString();
        return new LibvirtOperationException(code, domain, message ?? $"libvirt error {(int)code}");
    }
}
