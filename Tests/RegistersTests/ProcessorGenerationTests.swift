import Registers
import Testing

struct ProcessorGenerationTests {
    @Test(arguments: [
        (6, 0x3F, 2, ProcessorGeneration.haswellServer), (6, 0x4F, 1, .broadwellServer), (6, 0x56, 3, .broadwellServer),
        (6, 0x55, 4, .skylakeServer), (6, 0x55, 7, .cascadeLake), (6, 0x55, 11, .cooperLake),
        (6, 0x6A, 6, .iceLakeServer), (6, 0x8F, 8, .sapphireRapids),
        (6, 0xCF, 2, .emeraldRapids), (6, 0xAD, 1, .graniteRapids),
        (6, 0xAF, 3, .sierraForest), (6, 0xB6, 0, .grandRidge), (6, 0x57, 1, .knightsLanding),
        (6, 0x9E, 9, .skylakeClient), (6, 0x8C, 1, .iceLakeClient), (6, 0x97, 2, .alderLake), (6, 0x9A, 3, .alderLake),
        (6, 0xB7, 1, .raptorLake), (6, 0xAA, 4, .meteorLake), (6, 0xC6, 2, .arrowLake), (6, 0xBD, 1, .lunarLake),
        (6, 0xCC, 0, .pantherLake), (6, 0x2A, 7, nil), (25, 0x55, 4, nil), (15, 0x3F, 2, nil),
    ])
    func intelSignatureTellsTheGeneration(family: Int, model: Int, stepping: Int, generation: ProcessorGeneration?) {
        let signature = ProcessorSignature(family: family, model: model, stepping: stepping)
        #expect(signature.generation == generation)
    }

    @Test(arguments: [
        (0x17, 0x01, ProcessorGeneration.zen1), (0x17, 0x2F, .zen1), (0x17, 0x31, .zen2), (0x17, 0x71, .zen2),
        (0x17, 0x50, .zen1), (0x17, 0xA0, .zen2), (0x17, 0x8F, nil), (0x19, 0x01, .zen3), (0x19, 0x21, .zen3),
        (0x19, 0x11, .zen4), (0x19, 0x61, .zen4), (0x19, 0xB0, nil), (0x1A, 0x02, .zen5), (0x1A, 0x44, .zen5),
        (0x1A, 0x70, .zen5), (0x1A, 0x30, nil), (0x18, 0x01, nil), (6, 0x55, nil),
    ])
    func zenSignatureTellsTheGeneration(family: Int, model: Int, generation: ProcessorGeneration?) {
        let signature = ProcessorSignature(vendor: .amd, family: family, model: model, stepping: 0)
        #expect(signature.generation == generation)
    }

    @Test func namesAndVendorsAreTheGenerationsOwn() {
        #expect(Set(ProcessorGeneration.allCases.map(\.rawValue)).count == ProcessorGeneration.allCases.count)
        for generation in ProcessorGeneration.allCases {
            #expect((generation.vendor == .amd) == generation.rawValue.hasPrefix("ZEN"))
            #expect(generation.cacheEvents.isEmpty == (generation.vendor == .amd))
            #expect(generation.coreResidencies.isEmpty == (generation.vendor == .amd))
        }
    }

    @Test func architecturalCacheEventsComeFirstOnEveryIntelProcessor() {
        for generation in ProcessorGeneration.allCases where generation.vendor == .intel {
            #expect(generation.cacheEvents.prefix(2) == [.lastLevelCacheMiss, .lastLevelCacheReference])
        }
        let withLoads = ProcessorGeneration.allCases.filter { $0.cacheEvents.contains(.loadRetiredL3Miss) }
        #expect(
            withLoads == [
                .skylakeServer, .cascadeLake, .cooperLake, .iceLakeServer, .sapphireRapids, .emeraldRapids,
                .graniteRapids, .skylakeClient, .iceLakeClient,
            ])
    }

    @Test(arguments: [
        (ProcessorGeneration.haswellServer, [CoreIdleState.c6, .c3, .c7]), (.cascadeLake, [.c6, .c3, .c7]),
        (.iceLakeServer, [.c6, .c1]), (.sierraForest, [.c6, .c1]), (.alderLake, [.c6, .c1, .c7]),
        (.iceLakeClient, [.c6, .c7]), (.knightsLanding, [.c6]), (.zen4, []),
    ])
    func residencyRegistersAreThoseOfTheKernelsTables(generation: ProcessorGeneration, states: [CoreIdleState]) {
        #expect(generation.coreResidencies.map(\.state) == states)
    }

    @Test func knightsLandingKeepsC6Elsewhere() {
        #expect(ProcessorGeneration.knightsLanding.coreResidencies.first?.register.rawValue == 0x3FF)
        #expect(ProcessorGeneration.skylakeServer.coreResidencies.first?.register.rawValue == 0x3FD)
    }
}
