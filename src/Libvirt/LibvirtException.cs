namespace Orchestrator.Libvirt;

/// <summary>A call failed. The concrete type says what still works.</summary>
public abstract class LibvirtException : Exception
{
    private protected LibvirtException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>The connection could not be made, or is dead. The outcome of a call that was under way is unknown: it may have happened.</summary>
public sealed class LibvirtConnectionException : LibvirtException
{
    public LibvirtConnectionException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The same reason for another waiter; an exception object is thrown only once.</summary>
    internal LibvirtConnectionException Again() => new(Message, InnerException);
}

/// <summary>The daemon refused the operation or failed at it. The connection still works.</summary>
public sealed class LibvirtOperationException : LibvirtException
{
    internal LibvirtOperationException(LibvirtErrorCode code, int domain, string message)
        : base(message, inner: null) => (Code, Domain) = (code, domain);

    public LibvirtErrorCode Code { get; }

    /// <summary>virErrorDomain: the part of libvirt that failed (10 QEMU, 18 storage, 19 network, …).</summary>
    public int Domain { get; }
}

/// <summary>No answer within the deadline. The connection still works; the call goes on at the host and its outcome is unknown.</summary>
public sealed class LibvirtTimeoutException : LibvirtException
{
    internal LibvirtTimeoutException(string operation, TimeSpan timeout)
        : base($"{operation} had no answer within {timeout.TotalSeconds:0.###} s; its outcome is unknown", inner: null) => Timeout = timeout;

    public TimeSpan Timeout { get; }
}

/// <summary>The answer does not follow the protocol. The connection still works; the outcome of the call is unknown.</summary>
public sealed class LibvirtProtocolException : LibvirtException
{
    internal LibvirtProtocolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
