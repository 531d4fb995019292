using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Reaping;

/// <summary>One question to all members about some dead keys, and their answers.</summary>
internal sealed class ReapRound
{
    private readonly NodeId[] _members;
    private readonly ulong[] _views;
    private readonly bool[] _answered;
    private readonly ReapVerdict[] _worst;
    private int _missing;

    public ReapRound(ulong number, IReadOnlyList<DeadKey> keys, NodeId[] members)
    {
        Number = number;
        Keys = keys;
        _members = members;
        _views = new ulong[members.Length];
        _answered = new bool[members.Length];
        _worst = new ReapVerdict[keys.Count];
        _missing = members.Length;
    }

    public ulong Number { get; }

    public IReadOnlyList<DeadKey> Keys { get; }

    public bool IsComplete => _missing == 0;

    /// <summary>All members' views together.</summary>
    public ulong Views
    {
        get
        {
            ulong all = 0;
            foreach (ulong view in _views)
                all = StableHash.Of(BitConverter.GetBytes(view), all);
            return all;
        }
    }

    /// <summary>Takes an answer; one of a stranger, a second one, or one of the wrong length counts for nothing.</summary>
    public void Add(ReapCheckDone done)
    {
        int member = Array.IndexOf(_members, done.Member);
        if (member < 0 || _answered[member] || done.Verdicts.Count != Keys.Count)
            return;
        _answered[member] = true;
        _views[member] = done.View;
        _missing--;
        for (int i = 0; i < _worst.Length; i++)
            _worst[i] = (ReapVerdict)Math.Max((byte)_worst[i], (byte)done.Verdicts[i]);
    }

    /// <summary>The members have changed meanwhile: whatever they say, nothing is agreed on.</summary>
    public void Void() => Array.Fill(_worst, ReapVerdict.Unsure);

    /// <summary>What the members say together of a key: the worst that any of them said.</summary>
    public ReapVerdict VerdictOf(int key) => IsComplete ? _worst[key] : ReapVerdict.Unsure;
}
