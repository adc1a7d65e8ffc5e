using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<SecretRef[]> ListSecretsAsync(CancellationToken stop) =>
        CallAsync(
            Procedure.ConnectListAllSecrets,
            w => w.Bool(true).UInt32(0),
            static (ref r) => r.Array(ProtocolLimits.MaxList, WireTypes.SecretBytes, WireTypes.Secret),
            stop);

    /// <returns>Null when there is none.</returns>
    public Task<SecretRef?> FindSecretAsync(Guid uuid, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.SecretLookupByUuid, w => w.Uuid(uuid), WireTypes.Secret, stop), LibvirtErrorCode.NoSecret);

    /// <returns>Null when there is none.</returns>
    public Task<SecretRef?> FindSecretAsync(SecretUsage usage, string usageId, CancellationToken stop) =>
        OrNullAsync(
            CallAsync(Procedure.SecretLookupByUsage, w => w.Int32((int)usage).String(usageId), WireTypes.Secret, stop),
            LibvirtErrorCode.NoSecret);

    public Task<SecretRef> DefineSecretAsync(string xml, CancellationToken stop) =>
        CallAsync(Procedure.SecretDefineXml, w => w.String(xml).UInt32(0), WireTypes.Secret, stop);

    /// <param name="value">The secret itself, not encoded.</param>
    public Task SetSecretValueAsync(SecretRef secret, ReadOnlyMemory<byte> value, CancellationToken stop) =>
        CallAsync(Procedure.SecretSetValue, w => w.Secret(secret).Opaque(value.Span).UInt32(0), stop);

    public Task UndefineSecretAsync(SecretRef secret, CancellationToken stop) =>
        CallAsync(Procedure.SecretUndefine, w => w.Secret(secret), stop);
}
