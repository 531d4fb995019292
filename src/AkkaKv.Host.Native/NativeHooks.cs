using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Loops;

namespace AkkaKv.Host.Native;

/// <summary>What the host tells its owner, and what the owner plugs in. Called from any thread; must be quick.</summary>
public sealed record NativeHooks
{
    /// <summary>Makes each loop's service behind <see cref="ActorRole.Store"/>; null leaves the address unknown.</summary>
    public Func<LoopPort, ILoopService>? MakeStore { get; init; }

    /// <summary>All connections to a peer stand. For one peer never at the same time as <see cref="PeerDisconnected"/>.</summary>
    public Action<NodeId> PeerConnected { get; init; } = static _ => { };

    /// <summary>A connection to a peer that was connected is lost.</summary>
    public Action<NodeId> PeerDisconnected { get; init; } = static _ => { };

    /// <summary>The node has stopped itself. Called once.</summary>
    public Action<NodeFailure> Failed { get; init; } = static _ => { };

    /// <summary>For the log.</summary>
    public Action<NodeEvent> Log { get; init; } = static _ => { };

    /// <summary>Makes the socket for a connection to a peer. Fails when the process has no file descriptor left.</summary>
    internal Func<Socket> OpenSocket { get; init; } = static () => new Socket(SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Takes the next connection of a peer. Fails in the same way.</summary>
    internal Func<Socket, CancellationToken, ValueTask<Socket>> Accept { get; init; } = static (listening, stop) => listening.AcceptAsync(stop);
}
