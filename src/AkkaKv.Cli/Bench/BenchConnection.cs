using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AkkaKv.Cli.Bench.Targets;

namespace AkkaKv.Cli.Bench;

/// <summary>One closed loop: a socket with at most one operation under way. Driven by one worker.</summary>
internal sealed class BenchConnection(IBenchTarget target, IReadOnlyList<(Uri Url, IPEndPoint Address)> endpoints, int first, SeededRandom random) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private IBenchSession? _session;
    private byte[] _received = new byte[16 * 1024];
    private int _length;
    private int _endpoint = first;

    public Socket? Socket { get; private set; }

    public SeededRandom Random => random;

    public bool IsBusy { get; private set; }

    public OperationKind Kind { get; private set; }

    /// <summary>When the operation under way was sent, in <see cref="Stopwatch"/> ticks.</summary>
    public long SentAt { get; private set; }

    /// <summary>Not to be opened again before this moment.</summary>
    public long RestUntil { get; set; }

    /// <summary>Connects to its endpoint; false when that takes no connection, and then the next one is its endpoint.</summary>
    public bool TryOpen()
    {
        var (url, address) = endpoints[_endpoint % endpoints.Count];
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Connect(socket, address);
        }
        catch (SocketException)
        {
            socket.Dispose();
            _endpoint++;
            return false;
        }
        Socket = socket;
        _session = target.Open(url);
        _length = 0;
        return true;
    }

    // Never an asynchronous call: after one, the runtime watches the socket from a thread of its own, and every reply
    // would wake that thread and one of the pool beside the one that reads it.
    private static void Connect(Socket socket, EndPoint address)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(address);
        }
        catch (SocketException underWay) when (underWay.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(ConnectTimeout, SelectMode.SelectWrite))
                throw new SocketException((int)SocketError.TimedOut);
            int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0)
                throw new SocketException(error);
        }

        socket.Blocking = true;
    }

    public void Send(OperationKind kind, int key)
    {
        Kind = kind;
        IsBusy = true;
        SentAt = Stopwatch.GetTimestamp();
        var request = _session!.Request(kind, key).Span;
        while (request.Length > 0)
            request = request[Socket!.Send(request)..];
    }

    /// <summary>Takes what has arrived. A verdict other than incomplete ends the operation.</summary>
    /// <exception cref="SocketException">The connection is broken or was closed.</exception>
    public Verdict Receive()
    {
        if (_length == _received.Length)
            Array.Resize(ref _received, _received.Length * 2);
        int read = Socket!.Receive(_received.AsSpan(_length));
        if (read == 0)
            throw new SocketException((int)SocketError.ConnectionReset);
        _length += read;
        var verdict = _session!.Read(Kind, _received.AsSpan(0, _length));
        if (verdict.Finding == Finding.Incomplete)
            return verdict;
        if (verdict.Consumed != _length)
            throw new FormatException("bytes behind an answer, and nothing was asked");
        _length = 0;
        IsBusy = false;
        return verdict;
    }

    /// <summary>Gives the connection up; the next one goes to another endpoint.</summary>
    public void Close()
    {
        Socket?.Dispose();
        Socket = null;
        IsBusy = false;
        _endpoint++;
    }

    public void Dispose() => Socket?.Dispose();
}
