using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using AkkaKv.Host.AkkaNet.Tests.Support;

namespace AkkaKv.Host.AkkaNet.Tests.Node;

/// <summary>Nodes whose remoting is encrypted: Akka's addresses are of another protocol then.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Password = "of a test";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Nodes_on_TLS_serve_and_take_back_one_that_was_away()
    {
        WriteCertificate();
        string settings = $$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp {
              enable-ssl = true
              ssl {
                suppress-validation = true
                certificate { path = "{{_file}}", password = "{{Password}}" }
              }
            }
            """;
        await using TestCluster cluster = await TestCluster.StartAsync(nodes: 3, settings: settings);
        ((ExtendedActorSystem)cluster.SystemOf(0).System).Provider.DefaultAddress.Protocol.ShouldBe("akka.ssl.tcp");
        for (int i = 0; i < 30; i++)
            (await AkkaNodeTests.PutAsync(cluster[i % 3], $"key-{i}", $"value {i}")).Error.ShouldBeNull();
        await cluster.KillAsync(2);
        await cluster.UntilReachedAsync(0, 2);
        (await AkkaNodeTests.PutAsync(cluster[0], "meanwhile", "1")).Error.ShouldBeNull();
        await cluster.RestartAsync(2);
        await cluster.UntilReachedAsync(2, 3);

        (await AkkaNodeTests.GetAsync(cluster[2], "meanwhile")).ShouldBe("1");
        for (int i = 0; i < 30; i++)
        {
            for (int node = 0; node < 3; node++)
                (await AkkaNodeTests.GetAsync(cluster[node], $"key-{i}")).ShouldBe($"value {i}");
        }
    }

    private void WriteCertificate()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(_file, certificate.Export(X509ContentType.Pfx, Password));
    }
}
