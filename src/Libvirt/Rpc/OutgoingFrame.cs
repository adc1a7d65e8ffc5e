using System.Runtime.InteropServices;

namespace Orchestrator.Libvirt.Rpc;

/// <summary>A frame in the send queue.</summary>
/// <param name="Written">Completed when the bytes have left, for senders that must not run ahead of the peer.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutgoingFrame(ReadOnlyMemory<byte> Bytes, TaskCompletionSource? Written = null, bool IsPong = false);
